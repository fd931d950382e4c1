package dev.carillon.ops;

import dev.carillon.channel.Payload;
import dev.carillon.session.NodeSample;
import dev.carillon.session.OperatorChannel;
import dev.carillon.session.Watched;
import java.util.List;

/**
 * How this node stands and stood: a sample every second, which is published on {@link OperatorChannel#NODES} while
 * somebody listens, and one every five seconds that is kept for an hour. {@link #tick} is called by one thread.
 */
public final class NodeStatistics {
    /** Between two calls of {@link #tick}. */
    public static final long TICK_MILLIS = 1_000;

    private static final int TICKS_OF_SERIES = 5;

    private final NodeSampler live;
    private final NodeSampler slow;
    private final Watched watched;
    private final NodeSeries series = new NodeSeries();
    private volatile NodeSample latest;
    private int ticks;

    /**
     * @param live takes the samples of every second
     * @param slow those that are kept
     */
    NodeStatistics(NodeSampler live, NodeSampler slow, Watched watched) {
        this.live = live;
        this.slow = slow;
        this.watched = watched;
        latest = live.sample();
        series.add(latest);
    }

    /** Takes the samples that are due. */
    public void tick() {
        NodeSample sample = live.sample();
        latest = sample;
        if (watched.now().contains(OperatorChannel.NODES)) {
            watched.publish(OperatorChannel.NODES, Payload.json(OpsJson.text(sample)));
        }
        if (++ticks % TICKS_OF_SERIES == 0) {
            series.add(slow.sample());
        }
    }

    /** At most a second old while the node is not stuck. */
    NodeSample latest() {
        return latest;
    }

    /** The newest of those that are kept, oldest first. */
    List<NodeSample> last(int count) {
        return series.last(count);
    }
}
