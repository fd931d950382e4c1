package dev.carillon.ops;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.PublisherListener;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.NodeSample;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Takes samples of how this node stands. Listening is safe on any thread; {@link #sample} is called by one. */
public final class NodeSampler implements PublisherListener {
    private static final long MAX_MILLIS = 60_000;

    private final MeterReadings meters;
    private final Supplier<NodeInfo> info;
    private final NodeStanding standing;
    private final IntSupplier channels;
    private final InstantSource clock;
    private final Recorder latencies = new Recorder(MAX_MILLIS, 2);
    private @Nullable Histogram recycled;
    private MeterReadings.Reading last;
    private Instant lastAt;

    /** @param channels with subscribers on this node */
    NodeSampler(
            MeterReadings meters,
            Supplier<NodeInfo> info,
            NodeStanding standing,
            IntSupplier channels,
            InstantSource clock) {
        this.meters = meters;
        this.info = info;
        this.standing = standing;
        this.channels = channels;
        this.clock = clock;
        last = meters.read();
        lastAt = clock.instant();
    }

    @Override
    public void accepted(ChannelName channel, Draft draft, Ack ack) {
        latencies.recordValue(Math.min(MAX_MILLIS, Math.max(0, clock.millis() - draft.timestampMillis())));
    }

    /** How the node stands now, and what happened since the last time. */
    NodeSample sample() {
        Instant at = clock.instant();
        long millis = Math.max(1, Duration.between(lastAt, at).toMillis());
        double seconds = millis / 1000.0;
        MeterReadings.Reading before = last;
        MeterReadings.Reading now = meters.read();
        last = now;
        lastAt = at;
        NodeInfo node = info.get();
        return new NodeSample(
                node.id(),
                at,
                millis,
                standing.isReady(),
                standing.hasMajority(),
                standing.hasCopies(),
                node.draining(),
                node.connections(),
                node.subscriptions(),
                channels.getAsInt(),
                (now.opened() - before.opened()) / seconds,
                (now.logins() - before.logins()) / seconds,
                (now.returns() - before.returns()) / seconds,
                (now.recoveries() - before.recoveries()) / seconds,
                (now.losses() - before.losses()) / seconds,
                closes(before.closes(), now.closes()),
                (now.received() - before.received()) / seconds,
                (now.published() - before.published()) / seconds,
                (now.delivered() - before.delivered()) / seconds,
                (now.refused() - before.refused()) / seconds,
                percentiles(),
                now.latencies().since(before.latencies()),
                now.waiting(),
                now.backlogBytes(),
                now.backlogSockets(),
                now.linkBytes(),
                (now.slowCloses() - before.slowCloses()) / seconds,
                (now.slowDrops() - before.slowDrops()) / seconds,
                node.cpu(),
                node.heapUsedBytes(),
                Runtime.getRuntime().maxMemory());
    }

    private static Map<String, Long> closes(Map<String, Double> before, Map<String, Double> now) {
        Map<String, Long> closes = new HashMap<>();
        now.forEach((code, count) -> {
            long more = Math.round(count - before.getOrDefault(code, 0.0));
            if (more > 0) {
                closes.put(code, more);
            }
        });
        return closes;
    }

    private NodeSample.@Nullable Percentiles percentiles() {
        Histogram interval = latencies.getIntervalHistogram(recycled);
        recycled = interval;
        return interval.getTotalCount() == 0
                ? null
                : new NodeSample.Percentiles(
                        interval.getValueAtPercentile(50),
                        interval.getValueAtPercentile(95),
                        interval.getValueAtPercentile(99),
                        interval.getMaxValue());
    }
}
