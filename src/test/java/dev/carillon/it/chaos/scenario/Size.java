package dev.carillon.it.chaos.scenario;

import java.time.Duration;

/**
 * How large a run is.
 *
 * @param nodes at the start
 * @param subscribers over all nodes, of one or two channels each
 * @param publishers at {@link #PUBLISHES_PER_SECOND} each
 * @param load time under load, faults and all
 * @param warmUp time under load before it
 * @param patience how long the last ack, and the last subscriber, is waited for when all is whole again
 */
public record Size(
        int nodes, int subscribers, int publishers, int channels, Duration load, Duration warmUp, Duration patience) {
    public static final int PUBLISHES_PER_SECOND = 20;

    public Size {
        if (nodes < 1 || subscribers < 1 || publishers < 1 || channels < 1) {
            throw new IllegalArgumentException("nodes, subscribers, publishers and channels must be at least 1");
        }
    }

    /** As the promises are shown: 200 publishes a second over 10 channels. */
    public static Size full(int nodes) {
        return new Size(nodes, 500, 10, 10, Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(40));
    }

    /** Small enough for every build. */
    public static Size small(int nodes) {
        return new Size(nodes, 60, 5, 10, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(20));
    }

    public Size withNodes(int count) {
        return new Size(count, subscribers, publishers, channels, load, warmUp, patience);
    }

    public Size withSubscribers(int count) {
        return new Size(nodes, count, publishers, channels, load, warmUp, patience);
    }

    public Size lasting(Duration time) {
        return new Size(nodes, subscribers, publishers, channels, time, warmUp, patience);
    }
}
