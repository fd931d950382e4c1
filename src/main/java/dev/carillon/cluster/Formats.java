package dev.carillon.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import dev.carillon.cluster.owner.Format;
import dev.carillon.config.ConfigException;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which formats a node knows. Nodes tell it one another when they join, and write what all of them read.
 *
 * @param oldest that it reads, and writes where others read no later
 * @param latest that it reads
 */
record Formats(int oldest, int latest) {
    static final Formats HERE = new Formats(Format.BEFORE, Format.LATEST);

    /** The Hazelcast member attribute that holds it. */
    static final String ATTRIBUTE = "carillon.formats";

    /** Of nodes that do not say: there was no choice yet. */
    private static final Formats UNTOLD = new Formats(2, 2);

    private static final Logger LOG = LoggerFactory.getLogger(Formats.class);

    static Formats of(Member member) {
        String told = member.getAttribute(ATTRIBUTE);
        if (told == null || !told.matches("\\d{1,9}/\\d{1,9}")) {
            return UNTOLD;
        }
        int slash = told.indexOf('/');
        return new Formats(Integer.parseInt(told.substring(0, slash)), Integer.parseInt(told.substring(slash + 1)));
    }

    /** Whether there is a format that both know. */
    boolean suits(Formats other) {
        return oldest <= other.latest && other.oldest <= latest;
    }

    @Override
    public String toString() {
        return oldest + "/" + latest;
    }

    /** To be called before a member is started: nothing is known of others yet. */
    static void begin() {
        Format.write(HERE.oldest);
    }

    /**
     * Has a member that was started write what the others read, whoever comes and goes. One that has joined nodes which it
     * does not understand is ended, at once, so that it hands nothing back to them.
     *
     * @throws ConfigException that names one of them
     */
    static void agree(HazelcastInstance joined) {
        for (Member member : joined.getCluster().getMembers()) {
            String node = ClusterNode.nodeOf(member);
            Formats theirs = of(member);
            if (!node.isEmpty() && !HERE.suits(theirs)) {
                joined.getLifecycleService().terminate();
                throw new ConfigException("cluster.members: node " + node + " at " + member.getAddress()
                        + " knows formats " + theirs.oldest + " to " + theirs.latest + " of what nodes keep, this one "
                        + HERE.oldest + " to " + HERE.latest
                        + ": update one version after the other, or stop all nodes before this version is started");
            }
        }
        joined.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent added) {
                write(added.getMembers());
            }

            @Override
            public void memberRemoved(MembershipEvent removed) {
                write(removed.getMembers());
            }
        });
        write(joined.getCluster().getMembers());
    }

    private static void write(Collection<Member> members) {
        int all = members.stream()
                .filter(member -> !ClusterNode.nodeOf(member).isEmpty())
                .mapToInt(member -> of(member).latest)
                .min()
                .orElse(HERE.latest);
        int format = Math.max(HERE.oldest, Math.min(HERE.latest, all));
        if (format != Format.written()) {
            Format.write(format);
            LOG.info("all nodes read format {}: this one writes it from here on", format);
        }
    }
}
