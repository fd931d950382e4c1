package dev.carillon.cluster.owner;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes have subscribers of a channel, and the interest that each was routed with. Extended, not held, because
 * there are as many as users and copies, most of which have one node: that one needs no object. Not thread-safe.
 */
abstract class RoutedNodes {
    /** The only one; null if there is none, or several. */
    private @Nullable String node;

    private long interest;

    /** Two or more, in order. */
    private Map<String, Long> several = Map.of();

    final Set<String> nodes() {
        return node == null ? several.keySet() : Set.of(node);
    }

    final boolean isRouted() {
        return node != null || !several.isEmpty();
    }

    /** The interest that a node is routed with; null if it is not routed. */
    final @Nullable Long interestOf(String of) {
        if (node != null) {
            return node.equals(of) ? (Long) interest : null;
        }
        return several.get(of);
    }

    final void route(String added, long withInterest) {
        Long known = interestOf(added);
        if (known == null || known < withInterest) {
            put(added, withInterest);
        }
    }

    private void put(String added, long withInterest) {
        if (several.isEmpty() && (node == null || node.equals(added))) {
            node = added;
            interest = withInterest;
            return;
        }
        if (node != null) {
            several = new TreeMap<>(Map.of(node, interest));
            node = null;
        }
        several.put(added, withInterest);
    }

    /** Ends a node's routing unless it was renewed by a later interest; whether it ended. */
    final boolean unroute(String dropped, long before) {
        Long known = interestOf(dropped);
        if (known == null || known >= before) {
            return false;
        }
        dropNode(dropped);
        return true;
    }

    /**
     * Removes what a dead node left, but for its members, which {@link ChannelState#presence} drops one by one, and what it
     * appended last, which ages out.
     */
    final void dropNode(String dropped) {
        if (dropped.equals(node)) {
            node = null;
        } else if (!several.isEmpty()) {
            several.remove(dropped);
            if (several.size() == 1) {
                Map.Entry<String, Long> left = several.entrySet().iterator().next();
                node = left.getKey();
                interest = left.getValue();
                several = Map.of();
            }
        }
    }

    final void dropNodes() {
        node = null;
        several = Map.of();
    }

    /** In order. */
    final void eachNode(BiConsumer<String, Long> reader) {
        if (node != null) {
            reader.accept(node, interest);
        }
        several.forEach(reader);
    }
}
