package dev.carillon.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the clients of a leaving node go: each to the node with the fewest connections, those counted that were sent
 * there before it. Only nodes whose clients can be told where they are take part. Not thread-safe.
 */
final class Elsewhere {
    private final String self;
    private final Map<String, Place> places = new HashMap<>();

    /** @param connections that it told of when it was first seen, and those sent there since */
    private record Place(String url, long connections) {}

    Elsewhere(String self) {
        this.self = self;
    }

    /** Takes note of who is there now; this node is passed over, and so is who is leaving too. */
    void look(Collection<NodeInfo> nodes) {
        Map<String, Place> now = new HashMap<>();
        for (NodeInfo node : nodes) {
            if (!node.id().equals(self) && !node.draining() && !node.url().isEmpty()) {
                Place known = places.get(node.id());
                // What it tells later holds clients that were sent there already.
                now.put(node.id(), known == null ? new Place(node.url(), node.connections()) : known);
            }
        }
        places.clear();
        places.putAll(now);
    }

    /** The URL for one more client; empty if no node tells its own. */
    String next() {
        return places.entrySet().stream()
                .min(Comparator.<Map.Entry<String, Place>>comparingLong(
                                place -> place.getValue().connections())
                        .thenComparing(Map.Entry::getKey))
                .map(least -> {
                    Place place = least.getValue();
                    least.setValue(new Place(place.url(), place.connections() + 1));
                    return place.url();
                })
                .orElse("");
    }
}
