package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How the nodes of a cluster stand, by what one of them answered. */
final class MembershipCheck {
    private static final String ALL = "cluster";
    private static final long CLOCKS_APART_MS = 2_000;

    private final JsonNode answer;
    private final long askedAt;
    private final long answeredAt;

    /**
     * @param answer of {@code /api/nodes}
     * @param askedAt milliseconds since 1970 on this machine's clock
     */
    MembershipCheck(JsonNode answer, long askedAt, long answeredAt) {
        this.answer = answer;
        this.askedAt = askedAt;
        this.answeredAt = answeredAt;
    }

    /** Where the nodes listen for clients, {@code host:port}. */
    Set<String> https() {
        Set<String> https = new TreeSet<>();
        answer.path("nodes").forEach(node -> https.add(node.path("http").asText()));
        return https;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(count(answer.path("nodes").size()));
        Set<String> versions = new TreeSet<>();
        answer.path("nodes").forEach(node -> {
            versions.add(Shown.text(node.path("version")));
            findings.add(health(Shown.text(node.path("id")), Shown.text(node.path("health"))));
            clock(findings, node);
        });
        if (versions.size() > 1) {
            findings.add(Finding.warn(
                    ALL,
                    "nodes of versions " + String.join(", ", versions),
                    "finish the update: two neighbouring versions go together for its time, others do not"));
        }
        return findings;
    }

    private static Finding count(int nodes) {
        return switch (nodes) {
            case 1 ->
                Finding.warn(
                        ALL, "1 node: nothing has a copy", "start two more with this one among their cluster.members");
            case 2 ->
                Finding.warn(
                        ALL,
                        "2 nodes: they cannot tell a dead node from a cut one",
                        "start a third one with these among its cluster.members");
            default -> Finding.ok(ALL, nodes + " nodes");
        };
    }

    private static Finding health(String id, String health) {
        String found = "node " + id + " is " + health;
        return switch (health) {
            case "ready" -> Finding.ok(ALL, found);
            case "starting" -> Finding.warn(ALL, found, "wait; /health/ready of that node says for what");
            case "draining" ->
                Finding.warn(ALL, found + ": it takes no clients", "stop it, or start it anew to have it back");
            case "unsafe" ->
                Finding.warn(
                        ALL,
                        found + ": copies of its channels are missing",
                        "stop no node until that is over; if it lasts, look for a node with high CPU or a slow link");
            case "minority" ->
                Finding.bad(
                        ALL,
                        found + ": it refuses writes",
                        "bring back the nodes that its log names as missing, or the network between cluster.port of the"
                                + " nodes");
            default ->
                Finding.bad(
                        ALL,
                        found + ": it did not answer within two seconds",
                        "see its CPU, its pauses and the bus port between the nodes; if it hangs, start it anew");
        };
    }

    /** A sample is up to a second old when it is told. */
    private void clock(List<Finding> findings, JsonNode node) {
        JsonNode at = node.path("now").path("at");
        if (!at.isNumber()) {
            return;
        }
        String id = Shown.text(node.path("id"));
        long ahead = at.asLong() - answeredAt;
        long behind = askedAt - at.asLong();
        long apart = Math.max(ahead, behind);
        findings.add(
                apart <= CLOCKS_APART_MS
                        ? Finding.ok("clock", "that of node " + id + " agrees with this machine's within 2 s")
                        : Finding.bad(
                                "clock",
                                "that of node " + id + " is " + apart / 1000 + " s "
                                        + (ahead > behind ? "ahead of" : "behind") + " this machine's",
                                "let both follow the time (chronyc tracking, timedatectl): tokens are believed by it"));
    }
}
