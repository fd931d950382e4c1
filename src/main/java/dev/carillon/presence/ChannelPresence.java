package dev.carillon.presence;

import dev.carillon.channel.Changes;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one channel at its owner, and the last joins and leaves, for nodes that missed some and for who repeats
 * a step because nobody heard its answer. Deterministic, so that owner and copy stay the same. Not thread-safe: the
 * owner's partition thread has it to itself.
 */
public final class ChannelPresence {
    /** Changes remembered. */
    static final int MAX_RECENT = 256;

    private final ChannelName channel;

    /** Empty until somebody joins who brings one. */
    private String epoch;

    private long version;

    /** By their sessions' ids. */
    private final Map<String, Counted> present = new LinkedHashMap<>();

    /** Oldest first. */
    private final Deque<Recent> recent = new ArrayDeque<>();

    /**
     * A member as it was counted in.
     *
     * @param incarnation in which of its node's lives in the cluster it was asserted last
     */
    public record Counted(Member member, long incarnation) {}

    /**
     * A change that happened.
     *
     * @param dropped whether its node departed: should that come back and end the session, the leave is not told again
     */
    public record Recent(PresenceChange change, boolean dropped) {}

    public ChannelPresence(ChannelName channel) {
        this(channel, "", 0, List.of(), List.of());
    }

    /** Makes the same list again from its parts. */
    public ChannelPresence(
            ChannelName channel, String epoch, long version, Collection<Counted> present, Collection<Recent> recent) {
        this.channel = channel;
        this.epoch = epoch;
        this.version = version;
        present.forEach(counted -> this.present.put(counted.member().sessionId(), counted));
        this.recent.addAll(recent);
    }

    /**
     * Adds a session; null if it is there already.
     *
     * @param incarnation of the member's node: another one each time it comes into the cluster, never negative
     * @param freshEpoch for a list that begins; empty if nodes of the version before are there, which know none
     * @param again whether the same join may have happened before, its answer having been lost: then it is told once more
     */
    public @Nullable PresenceChange join(Member member, long incarnation, String freshEpoch, boolean again) {
        Counted counted = present.get(member.sessionId());
        Member there = counted == null ? null : counted.member();
        present.put(member.sessionId(), new Counted(there == null ? member : there, incarnation));
        if (there == null) {
            if (epoch.isEmpty()) {
                epoch = freshEpoch;
            }
            return changed(true, member, false);
        }
        PresenceChange before = again ? last(member.sessionId()) : null;
        return before != null && before.joined() && there.equals(member) ? before : null;
    }

    /** Removes a session; the same change again if it left a moment ago; null if it was not there. */
    public @Nullable PresenceChange leave(String sessionId) {
        Counted counted = present.remove(sessionId);
        if (counted != null) {
            return changed(false, counted.member(), false);
        }
        PresenceChange before = last(sessionId);
        return before != null && !before.joined() ? before : null;
    }

    private PresenceChange changed(boolean joined, Member member, boolean dropped) {
        PresenceChange change = new PresenceChange(channel, epoch, ++version, joined, member);
        recent.add(new Recent(change, dropped));
        if (recent.size() > MAX_RECENT) {
            recent.remove();
        }
        return change;
    }

    /** What happened to a session last, if it may be told again. */
    private @Nullable PresenceChange last(String sessionId) {
        for (Iterator<Recent> newest = recent.descendingIterator(); newest.hasNext(); ) {
            Recent was = newest.next();
            if (was.change().member().sessionId().equals(sessionId)) {
                return was.dropped() ? null : was.change();
            }
        }
        return null;
    }

    /** Oldest first. */
    public List<Recent> recent() {
        return List.copyOf(recent);
    }

    /** Nobody repeats a step after so long, or has not missed it. */
    public void forgetRecent() {
        recent.clear();
    }

    /** @param since what a node knows already; null if nothing that it missed matters */
    public Changes changes(@Nullable StreamPosition since) {
        StreamPosition here = position();
        if (since == null || since.equals(here)) {
            return new Changes(here, List.of());
        }
        long from = since.epoch().equals(here.epoch()) ? since.offset() : 0;
        List<PresenceChange> missed = recent.stream()
                .map(Recent::change)
                .filter(change -> change.version() > from && change.epoch().equals(here.epoch()))
                .toList();
        return new Changes(here, missed.size() == here.offset() - from ? missed : List.of());
    }

    /** Epoch and version of the list; {@link StreamPosition#NONE} before both were known. */
    public StreamPosition position() {
        return epoch.isEmpty() ? StreamPosition.NONE : new StreamPosition(epoch, version);
    }

    /**
     * Removes the sessions of a node that departed.
     *
     * @param incarnation in which it departed: what it asserted after it came back stays; 0 for all of them
     */
    public List<PresenceChange> dropNode(String node, long incarnation) {
        List<PresenceChange> changes = new ArrayList<>();
        for (Counted counted : List.copyOf(present.values())) {
            Member member = counted.member();
            if (member.node().equals(node) && (incarnation == 0 || incarnation == counted.incarnation())) {
                present.remove(member.sessionId());
                changes.add(changed(false, member, true));
            }
        }
        return changes;
    }

    public Collection<Counted> present() {
        return present.values();
    }

    public PresenceSnapshot snapshot() {
        return new PresenceSnapshot(
                version, present.values().stream().map(Counted::member).toList());
    }

    public long version() {
        return version;
    }

    public ChannelName channel() {
        return channel;
    }

    public int size() {
        return present.size();
    }
}
