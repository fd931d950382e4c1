package dev.carillon.cluster;

import com.hazelcast.map.IMap;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Routes;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.Join;
import dev.carillon.cluster.owner.Leave;
import dev.carillon.cluster.owner.ReadMembers;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.PresenceStore;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Members kept beside their channel's stream, in the same entry. */
final class HazelcastPresenceStore implements PresenceStore {
    private final IMap<String, ChannelState> channels;
    private final Owners owners;
    private final Routes routes;
    private final Map<String, NamespaceSettings> namespaces;
    private final LongSupplier incarnation;
    private final InstantSource clock;
    private final Epochs epochs;

    HazelcastPresenceStore(
            IMap<String, ChannelState> channels,
            Owners owners,
            Routes routes,
            Map<String, NamespaceSettings> namespaces,
            Epochs epochs,
            LongSupplier incarnation,
            InstantSource clock) {
        this.channels = channels;
        this.owners = owners;
        this.routes = routes;
        this.namespaces = namespaces;
        this.incarnation = incarnation;
        this.clock = clock;
        this.epochs = epochs;
    }

    @Override
    public Future<Void> join(ChannelName channel, Member member) {
        String freshEpoch = epochs.next();
        return owners.settleTelling(
                        channels,
                        channel.key(),
                        again -> new Join(member, incarnation.getAsLong(), freshEpoch, again),
                        answer -> tell(channel, answer))
                .mapEmpty();
    }

    @Override
    public Future<Void> leave(ChannelName channel, String sessionId) {
        return owners.settle(
                        channels, channel.key(), new Leave(sessionId, clock.millis()), answer -> tell(channel, answer))
                .mapEmpty();
    }

    @Override
    public Future<PresenceSnapshot> snapshot(ChannelName channel) {
        return owners.settle(channels, channel.key(), new ReadMembers(), HazelcastPresenceStore::snapshot);
    }

    /** Sends a join or leave on its way; whether anything changed. */
    private boolean tell(ChannelName channel, byte @Nullable [] answer) {
        if (answer == null) {
            return false;
        }
        Unpacker unpacker = new Unpacker(answer);
        send(channel, Set.copyOf(unpacker.texts()), List.of(unpacker.event()));
        return true;
    }

    /** Sends changes to the nodes with subscribers, where the namespace wants subscribers to be told. */
    void send(ChannelName channel, Set<String> nodes, List<ChannelEvent> changes) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace != null && namespace.joinLeave() && !nodes.isEmpty()) {
            routes.send(nodes, changes);
        }
    }

    private static PresenceSnapshot snapshot(byte @Nullable [] answer) {
        if (answer == null) {
            return PresenceSnapshot.EMPTY;
        }
        Unpacker unpacker = new Unpacker(answer);
        return new PresenceSnapshot(unpacker.number(), unpacker.list(unpacker::member));
    }
}
