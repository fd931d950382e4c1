package dev.carillon.ops;

import dev.carillon.session.NodeSample.Percentiles;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a histogram of times held at one moment.
 *
 * @param bounds of its buckets in milliseconds, growing
 * @param counts up to each bound
 * @param all counts beyond the last bound as well
 * @param maxMillis the longest of late
 */
record Latencies(double[] bounds, double[] counts, long all, double maxMillis) {
    static Latencies of(HistogramSnapshot snapshot) {
        CountAtBucket[] buckets = snapshot.histogramCounts();
        return new Latencies(
                Arrays.stream(buckets)
                        .mapToDouble(bucket -> bucket.bucket(TimeUnit.MILLISECONDS))
                        .toArray(),
                Arrays.stream(buckets).mapToDouble(CountAtBucket::count).toArray(),
                snapshot.count(),
                snapshot.max(TimeUnit.MILLISECONDS));
    }

    /** What came since an earlier moment; null if nothing did. */
    @Nullable
    Percentiles since(Latencies before) {
        double total = all - before.all;
        return total <= 0
                ? null
                : new Percentiles(
                        below(before, 0.5 * total),
                        below(before, 0.95 * total),
                        below(before, 0.99 * total),
                        Math.max(maxMillis, 0));
    }

    private double below(Latencies before, double count) {
        for (int i = 0; i < bounds.length; i++) {
            if (counts[i] - before.counts[i] >= count) {
                return bounds[i];
            }
        }
        return maxMillis;
    }
}
