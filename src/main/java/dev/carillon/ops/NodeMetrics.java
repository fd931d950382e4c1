package dev.carillon.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Meters of how a node stands. */
final class NodeMetrics {
    private final MeterRegistry registry;
    private final NodeStanding node;

    private NodeMetrics(MeterRegistry registry, NodeStanding node) {
        this.registry = registry;
        this.node = node;
    }

    static void register(MeterRegistry registry, NodeStanding node) {
        Gauge unused = Gauge.builder("carillon.node", () -> 1)
                .strongReference(true)
                .description("Always 1; the labels say who this node is")
                .tag("node", node.id())
                .tag("version", node.version())
                .register(registry);
        NodeMetrics meters = new NodeMetrics(registry, node);
        meters.flag("carillon.ready", NodeStanding::isReady, "1 while /health/ready holds");
        meters.flag("carillon.draining", NodeStanding::isDraining, "1 while this node sends its clients away to stop");
        meters.flag("carillon.majority", NodeStanding::hasMajority, "1 while enough nodes are in touch to write");
        meters.flag(
                "carillon.partitions.safe", NodeStanding::hasCopies, "1 while all that this node owns has its copies");
        meters.gauge("carillon.partitions.owned", NodeStanding::partitions, "Parts of the data owned here, of 271");
        meters.gauge("carillon.nodes", NodeStanding::nodes, "Nodes in touch with this one, itself among them");
        meters.gauge("carillon.subscriptions", NodeStanding::subscriptions, "Connections times their channels");
        meters.gauge(
                "carillon.arrivals.waiting",
                NodeStanding::arriving,
                "Clients that have said who they are and wait to be let in");
        meters.gauge(
                "carillon.insisted",
                NodeStanding::insistedOn,
                "Ends of sessions and subscriptions that wait for another attempt");
        FunctionCounter unusedToo = FunctionCounter.builder("carillon.insisted.given.up", node, NodeStanding::givenUp)
                .description("Ends of sessions and subscriptions that were given up because too many waited")
                .register(registry);
    }

    private void flag(String name, Predicate<NodeStanding> holds, String description) {
        gauge(name, here -> holds.test(here) ? 1 : 0, description);
    }

    private void gauge(String name, ToLongFunction<NodeStanding> value, String description) {
        Gauge unused = Gauge.builder(name, node, value::applyAsLong)
                .strongReference(true)
                .description(description)
                .register(registry);
    }
}
