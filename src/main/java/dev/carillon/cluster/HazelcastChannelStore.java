package dev.carillon.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import dev.carillon.channel.Ack;
import dev.carillon.channel.Appended;
import dev.carillon.channel.Changes;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Comparison;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStore;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.cluster.owner.Append;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.ReadNodes;
import dev.carillon.cluster.owner.ReadPage;
import dev.carillon.cluster.owner.Retentions;
import dev.carillon.cluster.owner.Subscribe;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.cluster.owner.Unsubscribe;
import dev.carillon.config.NamespaceSettings;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Channels owned by the Hazelcast partitions of their names; every call is one entry processor. */
final class HazelcastChannelStore implements ChannelStore {
    private final IMap<String, ChannelState> channels;
    private final Owners owners;
    private final String node;
    private final Map<String, NamespaceSettings> namespaces;
    private final InstantSource clock;
    private final Epochs epochs;
    private final OwnerComparison comparison;

    /** @param partitionOf the partition that a channel's name belongs to */
    HazelcastChannelStore(
            IMap<String, ChannelState> channels,
            ToIntFunction<String> partitionOf,
            Owners owners,
            NodeIdentity node,
            Epochs epochs,
            Map<String, NamespaceSettings> namespaces,
            InstantSource clock) {
        this.channels = channels;
        this.owners = owners;
        this.node = node.id();
        this.epochs = epochs;
        this.namespaces = namespaces;
        this.clock = clock;
        comparison = new OwnerComparison(channels, owners, partitionOf, this.node);
    }

    /** {@inheritDoc} Made once: the publisher, which knows how long it may take, repeats it. */
    @Override
    public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
        if (isEphemeral(channel)) {
            return owners.once(
                    channels, channel.key(), new ReadNodes(), answer -> new Appended(unkept(drafts), nodes(answer)));
        }
        return owners.once(
                channels,
                channel.key(),
                new Append(origin, turn, drafts, retention(channel), epochOf(origin, turn)),
                HazelcastChannelStore::appended);
    }

    @Override
    public Future<Recovery> subscribe(
            ChannelName channel,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable StreamPosition changesSince) {
        Retention retention = isEphemeral(channel) ? null : retention(channel);
        boolean tells = tellsChanges(channel);
        return submit(
                channel,
                new Subscribe(
                        node, interest, since, limit, retention, epochs.next(), clock.millis(), tells, changesSince),
                answer -> answer == null ? Recovery.EPHEMERAL : recovery(channel, retention == null, answer));
    }

    @Override
    public boolean refuses() {
        return owners.refuse();
    }

    @Override
    public Future<Comparison> compare(List<Standing> standings) {
        return comparison.compare(standings);
    }

    @Override
    public Future<Void> unsubscribe(ChannelName channel, long interest) {
        return submit(channel, new Unsubscribe(node, interest, clock.millis()), answer -> "")
                .mapEmpty();
    }

    @Override
    public Future<HistoryPage> history(
            ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        return submit(
                channel,
                new ReadPage(since, limit, reverse, retention(channel), clock.millis()),
                answer -> answer == null
                        ? new HistoryPage(StreamPosition.NONE, List.of(), since == null)
                        : page(channel, answer));
    }

    /** As the namespaces are now. */
    Map<String, Retention> retentions() {
        Map<String, Retention> retentions = new HashMap<>();
        namespaces.forEach((name, settings) -> retentions.put(name, Retentions.of(settings)));
        return retentions;
    }

    private <R> Future<R> submit(
            ChannelName channel,
            EntryProcessor<String, ChannelState, byte[]> step,
            Function<byte @Nullable [], R> answer) {
        return owners.settle(channels, channel.key(), step, answer);
    }

    private boolean isEphemeral(ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        return namespace != null && namespace.ephemeral();
    }

    private boolean tellsChanges(ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        return namespace != null && namespace.presence() && namespace.joinLeave();
    }

    private Retention retention(ChannelName channel) {
        NamespaceSettings namespace = namespaces.get(channel.namespace());
        if (namespace == null) {
            throw new IllegalArgumentException("no such namespace: " + channel.namespace());
        }
        return Retentions.of(namespace);
    }

    /** For a stream that this append may begin: the same when it is repeated, so that owner and copy cannot differ. */
    private static String epochOf(String origin, long turn) {
        return origin + "/" + Long.toString(turn, Character.MAX_RADIX);
    }

    private static List<Ack> unkept(List<Draft> drafts) {
        Ack ack = new Ack(StreamPosition.NONE, false);
        List<Ack> acks = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            acks.add(ack);
        }
        return acks;
    }

    private static Set<String> nodes(byte @Nullable [] answer) {
        return answer == null ? Set.of() : nodes(new Unpacker(answer));
    }

    private static Set<String> nodes(Unpacker unpacker) {
        return Set.copyOf(unpacker.list(unpacker::common));
    }

    private static Appended appended(byte @Nullable [] answer) {
        Unpacker whole = new Unpacker(answered(answer));
        Unpacker outcome = new Unpacker(whole.bytes());
        String epoch = outcome.text();
        List<Ack> acks = outcome.list(() -> new Ack(new StreamPosition(epoch, outcome.number()), outcome.flag()));
        return new Appended(acks, nodes(whole));
    }

    private static Recovery recovery(ChannelName channel, boolean ephemeral, byte[] answer) {
        Unpacker unpacker = new Unpacker(answer);
        Recovery stream = ephemeral ? Recovery.EPHEMERAL : stream(channel, unpacker);
        return unpacker.isAtEnd()
                ? stream
                : stream.with(new Changes(unpacker.position(), unpacker.list(unpacker::event)));
    }

    private static Recovery stream(ChannelName channel, Unpacker unpacker) {
        StreamPosition position = unpacker.position();
        return new Recovery(position, unpacker.flag(), unpacker.publications(channel, position.epoch()));
    }

    private static HistoryPage page(ChannelName channel, byte[] answer) {
        Unpacker unpacker = new Unpacker(answer);
        StreamPosition position = unpacker.position();
        boolean complete = unpacker.flag();
        return new HistoryPage(position, unpacker.publications(channel, position.epoch()), complete);
    }

    private static byte[] answered(byte @Nullable [] answer) {
        if (answer == null) {
            throw new IllegalStateException("the owner gave no answer");
        }
        return answer;
    }
}
