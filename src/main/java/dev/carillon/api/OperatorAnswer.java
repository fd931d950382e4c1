package dev.carillon.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.carillon.channel.Tenant;
import dev.carillon.session.ChannelReport;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.NodeReport;
import dev.carillon.session.NodeSample;
import dev.carillon.session.SessionReport;
import dev.carillon.session.UserReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bodies of answers to operators; see {@link Answer}. */
final class OperatorAnswer {
    private OperatorAnswer() {}

    /** @param node id of the node that answers */
    record Nodes(String node, List<Node> nodes) {
        static Nodes of(String self, List<NodeReport> reports) {
            return new Nodes(self, reports.stream().map(Node::of).toList());
        }
    }

    /**
     * @param health {@code ready}, {@code draining}, {@code unsafe} (copies are missing), {@code minority} or
     *     {@code silent}
     * @param now how it stands at this moment; null if it does not answer
     */
    record Node(
            @JsonUnwrapped NodeInfo info,
            long uptimeMs,
            String health,
            @Nullable NodeSample now) {
        static Node of(NodeReport report) {
            NodeInfo info = report.info();
            NodeSample now = report.now();
            return new Node(
                    info,
                    Duration.between(info.startedAt(), now == null ? info.reportedAt() : now.at())
                            .toMillis(),
                    health(now),
                    now);
        }

        private static String health(@Nullable NodeSample now) {
            if (now == null) {
                return "silent";
            } else if (now.draining()) {
                return "draining";
            } else if (!now.majority()) {
                return "minority";
            } else if (!now.partitionsSafe()) {
                return "unsafe";
            }
            return now.ready() ? "ready" : "starting";
        }
    }

    record Series(String node, List<NodeSample> samples) {}

    /** @param connections clients that it has to send away */
    record Draining(String node, int connections) {}

    record Channels(List<Channel> channels) {}

    /**
     * @param nodes ids of those with subscribers
     * @param parts what each node has to do with it
     */
    record Channel(
            String channel,
            @Nullable String epoch,
            @Nullable Long offset,
            int kept,
            int members,
            int subscribers,
            double publishesPerSecond,
            String owner,
            List<String> nodes,
            List<ChannelReport.Part> parts) {
        static Channel of(ChannelReport report) {
            return new Channel(
                    Tenant.name(report.channel()),
                    Answer.epoch(report.position()),
                    Answer.offset(report.position()),
                    report.kept(),
                    report.members(),
                    report.subscribers(),
                    report.publishesPerSecond(),
                    report.owner(),
                    report.nodes().stream()
                            .filter(part -> part.subscribers() > 0)
                            .map(ChannelReport.Part::node)
                            .toList(),
                    report.nodes());
        }
    }

    /**
     * @param sessions as the cluster has counted them
     * @param live what their nodes say of them; without those of a node that does not answer
     * @param presence channels that show the user as a member
     */
    record User(@JsonUnwrapped Answer.User user, List<SessionReport> live, List<String> presence, Channel personal) {
        static User of(UserReport report, @Nullable Instant blockedUntil) {
            return new User(
                    Answer.User.of(report.status(), blockedUntil),
                    report.sessions(),
                    report.sessions().stream()
                            .flatMap(session -> session.shownOn().stream())
                            .distinct()
                            .sorted()
                            .toList(),
                    Channel.of(report.personal()));
        }
    }
}
