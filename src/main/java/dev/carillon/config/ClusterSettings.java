package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.List;

/**
 * The Hazelcast member inside this node.
 *
 * @param name cluster name; members of another name are refused
 * @param host address of the member port; loopback unless told otherwise, because the port asks nobody who they are
 * @param port member port, 0 for any free one
 * @param members {@code host:port} of members to join; none means alone until others name this node
 * @param file a Hazelcast YAML or XML file to start from instead of the built-in one; empty for none
 * @param quorum nodes that must be in touch for writes: {@code auto} for a majority from three nodes on, or a number, 1 for
 *     no protection
 * @param copies copies of every channel and user on other nodes: as many nodes as this may die at once; 0 only for a node
 *     that stays alone
 */
public record ClusterSettings(
        String name, String host, int port, List<String> members, String file, String quorum, int copies) {
    /** A majority, from three nodes on. */
    public static final String AUTO = "auto";

    public static final ClusterSettings DEFAULTS =
            new ClusterSettings("carillon", "127.0.0.1", 5701, List.of(), "", AUTO, 1);

    private static final int MAX_COPIES = 6;

    public ClusterSettings {
        require(!name.isBlank(), "cluster.name must not be empty");
        require(port >= 0 && port <= 65535, "cluster.port must be 0 to 65535, was " + port);
        require(
                quorum.equals(AUTO) || quorum.matches("[1-9]\\d{0,3}"),
                "cluster.quorum must be auto or a number of nodes, was " + quorum);
        require(copies >= 0 && copies <= MAX_COPIES, "cluster.copies must be 0 to 6, was " + copies);
        members = List.copyOf(members);
        for (String member : members) {
            require(
                    member.matches("\\S+:\\d{1,5}"),
                    "cluster.members must be a comma-separated list of host:port, was " + member);
        }
    }

    /** Nodes that must be in touch; 0 for a majority. */
    public int quorumNodes() {
        return quorum.equals(AUTO) ? 0 : Integer.parseInt(quorum);
    }
}
