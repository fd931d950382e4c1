package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.history.PublisherEvents;
import dev.carillon.it.chaos.history.SubscriberEvents;
import dev.carillon.it.chaos.history.SubscriberLog;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/**
 * Times from the first send of a publication to its receipt on a live connection, in microseconds; what was replayed
 * waited for its reader and is left out.
 */
public final class Latencies {
    private static final int DIGITS = 3;
    private static final long MAX_MICROS = 600_000_000L;

    private final Publications publications = new Publications();
    private final History history;

    public Latencies(History history) {
        this.history = history;
        history.publishers()
                .forEach(log -> log.tell(new PublisherEvents() {
                    @Override
                    public void sent(long at, int channel, long id) {
                        publications.sent(id, channel, at, 0);
                    }
                }));
    }

    /** By the second of the run in which the publications were sent. */
    public TreeMap<Integer, Histogram> perSecond() {
        TreeMap<Integer, Histogram> seconds = new TreeMap<>();
        read(
                log -> true,
                (sentAt, micros) -> seconds.computeIfAbsent((int) (sentAt / 1_000_000_000L), s -> histogram())
                        .recordValue(micros));
        return seconds;
    }

    /** Of what some subscribers were given that was sent within a time. */
    public Histogram of(Predicate<SubscriberLog> subscribers, long fromNanos, long toNanos) {
        Histogram histogram = histogram();
        read(subscribers, (sentAt, micros) -> {
            if (sentAt >= fromNanos && sentAt < toNanos) {
                histogram.recordValue(micros);
            }
        });
        return histogram;
    }

    private interface Sink {
        void take(long sentAt, long micros);
    }

    private void read(Predicate<SubscriberLog> subscribers, Sink sink) {
        for (SubscriberLog log : history.subscribers()) {
            if (subscribers.test(log)) {
                log.tell(new SubscriberEvents() {
                    @Override
                    public void message(long at, int channel, int epoch, long offset, long id, boolean replayed) {
                        if (!replayed && publications.isKnown(id)) {
                            long sentAt = publications.sentAt(id);
                            sink.take(sentAt, Math.min(MAX_MICROS, Math.max(0, at - sentAt) / 1000));
                        }
                    }
                });
            }
        }
    }

    private static Histogram histogram() {
        return new Histogram(MAX_MICROS, DIGITS);
    }
}
