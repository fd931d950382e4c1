package dev.carillon.cluster.owner;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who is there, as one node sees it: the sessions it has, by a hash of eight bytes each, and the nodes of the cluster.
 * Owners compare with it what they keep.
 */
public final class Roll {
    private final String node;
    private final long[] sessions;
    private final Set<String> nodes;

    /** @param nodes of the cluster; none if nobody asks for those that are not */
    public Roll(String node, Collection<String> sessionIds, Set<String> nodes) {
        this(node, sessionIds.stream().mapToLong(Roll::hash).sorted().toArray(), nodes);
    }

    private Roll(String node, long[] sessions, Set<String> nodes) {
        this.node = node;
        this.sessions = sessions;
        this.nodes = nodes;
    }

    /** What an owner keeps of nodes and sessions that are not there. */
    final class Findings {
        // There are as many of these as owners have entries, and hardly ever is there something in one.
        private Set<String> strangers = Set.of();
        private Set<String> ghosts = Set.of();

        void see(String seen) {
            if (!nodes.isEmpty() && !seen.isEmpty() && !nodes.contains(seen)) {
                strangers = with(strangers, seen);
            }
        }

        void see(String seen, String sessionId) {
            see(seen);
            if (seen.equals(node) && Arrays.binarySearch(sessions, hash(sessionId)) < 0) {
                ghosts = with(ghosts, sessionId);
            }
        }

        /** Nodes that are none, then sessions that this one does not have; null if there are neither. */
        byte @Nullable [] toBytes() {
            return strangers.isEmpty() && ghosts.isEmpty()
                    ? null
                    : new Packer(128).texts(strangers).texts(ghosts).toBytes();
        }
    }

    private static Set<String> with(Set<String> found, String text) {
        Set<String> more = found.isEmpty() ? new TreeSet<>() : found;
        more.add(text);
        return more;
    }

    /** FNV-1a. Ids are random: two that come to the same would only hide a ghost. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    void pack(Packer packer) {
        ByteBuffer hashes = ByteBuffer.allocate(sessions.length * Long.BYTES);
        hashes.asLongBuffer().put(sessions);
        packer.text(node).bytes(hashes.array()).texts(nodes);
    }

    static Roll unpack(Unpacker unpacker) {
        String node = unpacker.text();
        ByteBuffer hashes = ByteBuffer.wrap(unpacker.bytes());
        long[] sessions = new long[hashes.remaining() / Long.BYTES];
        hashes.asLongBuffer().get(sessions);
        return new Roll(node, sessions, Set.copyOf(unpacker.texts()));
    }
}
