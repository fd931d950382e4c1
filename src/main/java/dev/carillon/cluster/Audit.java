package dev.carillon.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import dev.carillon.channel.ChannelName;
import dev.carillon.cluster.owner.AuditChannel;
import dev.carillon.cluster.owner.AuditUser;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.Roll;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.cluster.owner.UserEntry;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends ghosts: members and connections that owners keep for this node and that it does not have, after a stale merge or
 * a leave that got lost. Owners are sent a hash of each session of this node and answer with what else they have, which
 * as a rule is nothing. What is missing twice in a row is removed; the first time it may have been on its way. The
 * oldest node looks for what belongs to no node at all, as well. Run by one at a time.
 */
final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    private final ClusterNode node;
    private final IMap<String, ChannelState> channels;
    private final IMap<String, UserEntry> users;
    private final SessionRegistry sessions;
    private final Consumer<String> strangers;
    private final AuditPace pace = new AuditPace();
    private Set<Ghost> suspects = Set.of();
    private Set<String> unknown = Set.of();

    /** @param key the channel that it is on, or the user that it is a connection of */
    private record Ghost(boolean onChannel, String key, String sessionId) {}

    /** @param strangers is told of an id that owners keep something of and that no node has */
    Audit(
            ClusterNode node,
            IMap<String, ChannelState> channels,
            IMap<String, UserEntry> users,
            SessionRegistry sessions,
            Consumer<String> strangers) {
        this.node = node;
        this.channels = channels;
        this.users = users;
        this.sessions = sessions;
        this.strangers = strangers;
    }

    /** Looks once, unless there can be little to be found; to be called at regular intervals. */
    Future<Void> runIfDue() {
        if (!pace.isDue(node.nodeIds(), sessions.closings())) {
            return Future.succeededFuture();
        }
        return node.blocking("the audit", this::look)
                .onSuccess(found -> {
                    if (found) {
                        pace.unsettle();
                    }
                })
                .onFailure(cause -> pace.hurry())
                .mapEmpty();
    }

    /** Something of this node may have been lost, or come back. */
    void hurry() {
        pace.hurry();
    }

    /** Whether something was found. */
    private boolean look() {
        Set<String> nodes = node.isOldest() ? node.nodeIds() : Set.of();
        Roll roll = new Roll(node.self().id(), sessions.ids(), nodes);
        Set<Ghost> ghosts = new HashSet<>();
        Set<String> strange = new HashSet<>();
        ask(channels, new AuditChannel(roll), true, ghosts, strange);
        ask(users, new AuditUser(roll), false, ghosts, strange);
        // Who came since is neither.
        Set<String> here = sessions.ids();
        ghosts.removeIf(ghost -> here.contains(ghost.sessionId()));
        strange.removeAll(node.nodeIds());
        Set<Ghost> gone = new HashSet<>(ghosts);
        gone.retainAll(suspects);
        gone.forEach(this::end);
        strange.stream().filter(unknown::contains).forEach(strangers);
        suspects = ghosts;
        unknown = strange;
        return !ghosts.isEmpty() || !strange.isEmpty();
    }

    private static <V> void ask(
            IMap<String, V> map,
            EntryProcessor<String, V, byte[]> step,
            boolean onChannel,
            Set<Ghost> ghosts,
            Set<String> strange) {
        for (Map.Entry<String, byte[]> answer : map.executeOnEntries(step).entrySet()) {
            if (answer.getValue() != null) {
                Unpacker unpacker = new Unpacker(answer.getValue());
                strange.addAll(unpacker.texts());
                unpacker.texts().forEach(id -> ghosts.add(new Ghost(onChannel, answer.getKey(), id)));
            }
        }
    }

    private void end(Ghost ghost) {
        LOG.info(
                "{} {} knew session {}, which is not here; it goes",
                ghost.onChannel() ? "channel" : "user",
                ghost.key(),
                ghost.sessionId());
        Future<Void> ended = ghost.onChannel()
                ? node.presence().leave(ChannelName.ofKey(ghost.key()), ghost.sessionId())
                : node.users().disconnect(ghost.key(), ghost.sessionId());
        ended.onFailure(cause -> LOG.info("session {} stays until the next audit", ghost.sessionId(), cause));
    }
}
