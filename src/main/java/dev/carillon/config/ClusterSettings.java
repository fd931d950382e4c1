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
 */
public record ClusterSettings(String name, String host, int port, List<String> members, String file) {
    public static final ClusterSettings DEFAULTS = new ClusterSettings("carillon", "127.0.0.1", 5701, List.of(), "");

    public ClusterSettings {
        require(!name.isBlank(), "cluster.name must not be empty");
        require(port >= 0 && port <= 65535, "cluster.port must be 0 to 65535, was " + port);
        members = List.copyOf(members);
        for (String member : members) {
            require(
                    member.matches("\\S+:\\d{1,5}"),
                    "cluster.members must be a comma-separated list of host:port, was " + member);
        }
    }
}
