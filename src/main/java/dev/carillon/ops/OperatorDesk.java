package dev.carillon.ops;

import dev.carillon.channel.Headcount;
import dev.carillon.channel.PublisherListener;
import dev.carillon.channel.PublisherListeners;
import dev.carillon.session.ChannelCensus;
import dev.carillon.session.Gateway;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.Operations;
import dev.carillon.session.Peers;
import dev.carillon.session.SessionRegistry;
import dev.carillon.session.Tracing;
import dev.carillon.session.Watched;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Everything on a node that serves operators, put together. Safe on any thread. */
public final class OperatorDesk {
    private final Tracer tracer;
    private final ChannelRates rates = new ChannelRates(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    private final NodeSampler live;
    private final NodeSampler slow;
    private final NodeStatistics statistics;

    /**
     * @param info how the node stands now
     * @param channels with subscribers on this node
     * @param writer runs one after the other, on no event loop of sessions
     */
    public OperatorDesk(
            Metrics metrics,
            Supplier<NodeInfo> info,
            NodeStanding standing,
            IntSupplier channels,
            Watched watched,
            SessionRegistry sessions,
            Executor writer,
            InstantSource clock) {
        MeterReadings meters = metrics.readings();
        live = new NodeSampler(meters, info, standing, channels, clock);
        slow = new NodeSampler(meters, info, standing, channels, clock);
        statistics = new NodeStatistics(live, slow, watched);
        tracer = new Tracer(info.get().id(), watched, sessions, writer);
    }

    public Tracing tracing() {
        return tracer;
    }

    /** To be called every {@link NodeStatistics#TICK_MILLIS}. */
    public NodeStatistics statistics() {
        return statistics;
    }

    /** Hears what publishers report, beside another. */
    public PublisherListener beside(PublisherListener other) {
        return new PublisherListeners(
                new PublisherListeners(other, rates),
                new PublisherListeners(tracer, new PublisherListeners(live, slow)));
    }

    /**
     * Answers other nodes from here on, and asks them.
     *
     * @param drain begins to send this node's clients away; returns how many there are
     */
    public Operations open(
            Gateway gateway,
            Peers peers,
            ChannelCensus census,
            Headcount headcount,
            SessionRegistry sessions,
            IntSupplier drain) {
        new OperatorAnswers(statistics, rates, headcount, sessions, drain).open(peers);
        return new ClusterOperations(gateway, peers, census);
    }
}
