package dev.carillon.presence;

import dev.carillon.channel.ChannelName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one channel at its owner. Deterministic, so that owner and copy stay the same. Not thread-safe: the
 * owner's partition thread has it to itself.
 */
public final class ChannelPresence {
    /** Changes remembered for repeats. */
    static final int MAX_RECENT = 256;

    private final ChannelName channel;
    private long version;
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** By session: in which of its node's lives in the cluster it was asserted last. */
    private final Map<String, Long> incarnations = new HashMap<>();

    /** What happened to each session last, oldest first, for who repeats a step because nobody heard its answer. */
    private final Map<String, PresenceChange> recent = new LinkedHashMap<>();

    public ChannelPresence(ChannelName channel) {
        this(channel, 0, List.of(), Map.of(), List.of());
    }

    /** Makes the same list again from its parts. */
    public ChannelPresence(
            ChannelName channel,
            long version,
            Collection<Member> members,
            Map<String, Long> incarnations,
            Collection<PresenceChange> recent) {
        this.channel = channel;
        this.version = version;
        members.forEach(member -> this.members.put(member.sessionId(), member));
        this.incarnations.putAll(incarnations);
        recent.forEach(change -> this.recent.put(change.member().sessionId(), change));
    }

    /**
     * Adds a session; null if it is there already.
     *
     * @param incarnation of the member's node: another one each time it comes into the cluster, never negative
     * @param again whether the same join may have happened before, its answer having been lost: then it is told once more
     */
    public @Nullable PresenceChange join(Member member, long incarnation, boolean again) {
        incarnations.put(member.sessionId(), incarnation);
        Member there = members.putIfAbsent(member.sessionId(), member);
        if (there == null) {
            return changed(true, member);
        }
        PresenceChange before = recent.get(member.sessionId());
        return again && before != null && before.joined() && there.equals(member) ? before : null;
    }

    /** Removes a session; the same change again if it left a moment ago; null if it was not there. */
    public @Nullable PresenceChange leave(String sessionId) {
        Member member = members.remove(sessionId);
        incarnations.remove(sessionId);
        if (member != null) {
            return changed(false, member);
        }
        PresenceChange before = recent.get(sessionId);
        return before != null && !before.joined() ? before : null;
    }

    private PresenceChange changed(boolean joined, Member member) {
        PresenceChange change = new PresenceChange(channel, ++version, joined, member);
        // The newest last.
        recent.remove(member.sessionId());
        recent.put(member.sessionId(), change);
        if (recent.size() > MAX_RECENT) {
            recent.remove(recent.keySet().iterator().next());
        }
        return change;
    }

    /** The changes that are told again when asked for again, oldest first. */
    public List<PresenceChange> recent() {
        return List.copyOf(recent.values());
    }

    /** Nobody repeats a step after so long. */
    public void forgetRecent() {
        recent.clear();
    }

    /**
     * Removes the sessions of a node that departed.
     *
     * @param incarnation in which it departed: what it asserted after it came back stays; 0 for all of them
     */
    public List<PresenceChange> dropNode(String node, long incarnation) {
        List<PresenceChange> changes = new ArrayList<>();
        for (Member member : List.copyOf(members.values())) {
            if (member.node().equals(node) && (incarnation == 0 || incarnation == incarnationOf(member))) {
                members.remove(member.sessionId());
                incarnations.remove(member.sessionId());
                // Not told again to its own node, should that come back and end the session.
                recent.remove(member.sessionId());
                changes.add(new PresenceChange(channel, ++version, false, member));
            }
        }
        return changes;
    }

    public long incarnationOf(Member member) {
        return incarnations.getOrDefault(member.sessionId(), 0L);
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
