package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import dev.carillon.cluster.owner.OwnerFormat;
import dev.carillon.config.ConfigException;

/**
 * In which format a node keeps data, and up to which it reads that of others: nodes tell it one another when they join.
 *
 * @param written by it
 * @param read the latest that it reads
 */
record Formats(int written, int read) {
    static final Formats HERE = new Formats(OwnerFormat.WRITTEN, OwnerFormat.READ);

    /** The Hazelcast member attribute that holds it. */
    static final String ATTRIBUTE = "carillon.formats";

    /** Of nodes that do not say. */
    private static final Formats FIRST = new Formats(1, 1);

    static Formats of(Member member) {
        String told = member.getAttribute(ATTRIBUTE);
        if (told == null || !told.matches("\\d{1,9}/\\d{1,9}")) {
            return FIRST;
        }
        int slash = told.indexOf('/');
        return new Formats(Integer.parseInt(told.substring(0, slash)), Integer.parseInt(told.substring(slash + 1)));
    }

    /** Whether each reads what the other writes. */
    boolean suits(Formats other) {
        return written <= other.read && other.written <= read;
    }

    @Override
    public String toString() {
        return written + "/" + read;
    }

    /**
     * Ends a member that has joined nodes which it does not understand, at once, so that it hands nothing back to them.
     *
     * @throws ConfigException that names one of them
     */
    static void check(HazelcastInstance joined) {
        for (Member member : joined.getCluster().getMembers()) {
            String node = ClusterNode.nodeOf(member);
            Formats theirs = of(member);
            if (!node.isEmpty() && !HERE.suits(theirs)) {
                joined.getLifecycleService().terminate();
                throw new ConfigException("cluster.members: node " + node + " at " + member.getAddress()
                        + " keeps data in format " + theirs.written() + " and reads up to " + theirs.read()
                        + ", this one " + HERE.written() + " and " + HERE.read()
                        + ": update one version after the other, or stop all nodes before this version is started");
            }
        }
    }
}
