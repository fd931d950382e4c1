package dev.carillon.cluster;

import com.hazelcast.replicatedmap.ReplicatedMap;
import dev.carillon.session.NodeInfo;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the nodes tell of themselves; every node has all of it. Safe on any thread. */
final class NodeDirectory {
    private final ReplicatedMap<String, String> nodes;

    NodeDirectory(ReplicatedMap<String, String> nodes) {
        this.nodes = nodes;
    }

    void put(NodeInfo node) {
        nodes.put(node.id(), toJson(node).encode());
    }

    void remove(String nodeId) {
        nodes.remove(nodeId);
    }

    /** In the order of ids. */
    List<NodeInfo> all() {
        return nodes.values().stream()
                .map(json -> fromJson(new JsonObject(json)))
                .sorted(Comparator.comparing(NodeInfo::id))
                .toList();
    }

    /** Ids of the nodes that send their clients away. */
    Set<String> leaving() {
        return all().stream().filter(NodeInfo::draining).map(NodeInfo::id).collect(Collectors.toSet());
    }

    private static JsonObject toJson(NodeInfo node) {
        return new JsonObject()
                .put("id", node.id())
                .put("version", node.version())
                .put("http", node.http())
                .put("url", node.url())
                .put("draining", node.draining())
                .put("startedAt", node.startedAt())
                .put("connections", node.connections())
                .put("subscriptions", node.subscriptions())
                .put("publishesPerSecond", node.publishesPerSecond())
                .put("deliveriesPerSecond", node.deliveriesPerSecond())
                .put("cpu", node.cpu())
                .put("heapUsedBytes", node.heapUsedBytes())
                .put("reportedAt", node.reportedAt());
    }

    private static NodeInfo fromJson(JsonObject json) {
        return new NodeInfo(
                json.getString("id"),
                json.getString("version"),
                json.getString("http"),
                json.getString("url", ""),
                json.getBoolean("draining", false),
                json.getInstant("startedAt", Instant.EPOCH),
                json.getInteger("connections"),
                json.getLong("subscriptions"),
                json.getDouble("publishesPerSecond"),
                json.getDouble("deliveriesPerSecond"),
                json.getDouble("cpu"),
                json.getLong("heapUsedBytes"),
                json.getInstant("reportedAt", Instant.EPOCH));
    }
}
