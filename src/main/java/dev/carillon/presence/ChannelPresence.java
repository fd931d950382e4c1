package dev.carillon.presence;

import dev.carillon.channel.ChannelName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one channel at its owner. Deterministic, so that owner and copy stay the same. Not thread-safe: the
 * owner's partition thread has it to itself.
 */
public final class ChannelPresence {
    private final ChannelName channel;
    private long version;
    private final Map<String, Member> members = new LinkedHashMap<>();

    public ChannelPresence(ChannelName channel) {
        this(channel, 0, List.of());
    }

    /** Makes the same list again from its parts. */
    public ChannelPresence(ChannelName channel, long version, Collection<Member> members) {
        this.channel = channel;
        this.version = version;
        members.forEach(member -> this.members.put(member.sessionId(), member));
    }

    /** Adds a session; null if it is there already. */
    public @Nullable PresenceChange join(Member member) {
        return members.putIfAbsent(member.sessionId(), member) == null
                ? new PresenceChange(channel, ++version, true, member)
                : null;
    }

    /** Removes a session; null if it is not there. */
    public @Nullable PresenceChange leave(String sessionId) {
        Member member = members.remove(sessionId);
        return member == null ? null : new PresenceChange(channel, ++version, false, member);
    }

    /** Removes the sessions of a node that died. */
    public List<PresenceChange> dropNode(String node) {
        List<PresenceChange> changes = new ArrayList<>();
        for (Member member : List.copyOf(members.values())) {
            if (member.node().equals(node)) {
                members.remove(member.sessionId());
                changes.add(new PresenceChange(channel, ++version, false, member));
            }
        }
        return changes;
    }

    public PresenceSnapshot snapshot() {
        return new PresenceSnapshot(version, List.copyOf(members.values()));
    }

    public ChannelName channel() {
        return channel;
    }

    public int size() {
        return members.size();
    }
}
