package dev.carillon.presence;

import java.util.List;

/**
 * Who is on a channel at one moment.
 *
 * @param version grows by one with every join and leave
 */
public record PresenceSnapshot(long version, List<Member> members) {
    public static final PresenceSnapshot EMPTY = new PresenceSnapshot(0, List.of());

    public PresenceSnapshot {
        members = List.copyOf(members);
    }

    public int sessions() {
        return members.size();
    }

    public int users() {
        return (int) members.stream().map(Member::userId).distinct().count();
    }
}
