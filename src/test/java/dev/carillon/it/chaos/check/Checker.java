package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.history.PublisherLog;
import dev.carillon.it.chaos.history.SubscriberLog;
import java.util.Map;
import java.util.Set;

/** Holds a history against the {@link Rule}s. */
public final class Checker {
    private static final String ONLINE = "online";

    private final History history;
    private final Expectations expected;
    private final Findings findings = new Findings();
    private final Counts counts = new Counts();
    private final Publications publications = new Publications();
    private final Streams streams = new Streams();
    private final Evidence evidence;

    private Checker(History history, Expectations expected) {
        this.history = history;
        this.expected = expected;
        evidence = new Evidence(history);
    }

    /**
     * What came of a run.
     *
     * @param findings empty if all promises were kept
     */
    public record Verdict(Findings findings, Counts counts) {}

    /**
     * Reads a history whose clients have stopped.
     *
     * @param heads where the nodes say that the streams end, by the channel's number
     * @param settledAt until then clients came one by one, some only after an attempt that failed: who went offline then
     *     may have been away
     * @param connected users that were connected in the end
     */
    public static Verdict check(
            History history,
            Map<Integer, Position> heads,
            long settledAt,
            Set<Integer> connected,
            Expectations expected) {
        return new Checker(history, expected).run(heads, settledAt, connected);
    }

    private Verdict run(Map<Integer, Position> heads, long settledAt, Set<Integer> connected) {
        for (int i = 0; i < history.publishers().size(); i++) {
            PublisherLog log = history.publishers().get(i);
            log.tell(new PublisherCheck(log, i, publications, streams, expected, findings, counts, evidence));
        }
        counts.published = publications.count();
        allAnswered();
        allWithin(heads);
        int online = history.channels().number(ONLINE);
        for (SubscriberLog log : history.subscribers()) {
            SubscriberCheck check =
                    new SubscriberCheck(log, publications, streams, expected, findings, counts, evidence);
            log.tell(check);
            check.end(heads);
            OnlineCheck onlineCheck = new OnlineCheck(log, online, settledAt, expected, findings, counts, evidence);
            log.tell(onlineCheck);
            onlineCheck.end(connected);
            log.tell(new ConnectionCounts(counts));
        }
        counts.streams = streams.count();
        return new Verdict(findings, counts);
    }

    private void allAnswered() {
        for (long id = 1; id < publications.bound(); id++) {
            if (publications.isKnown(id) && !publications.isAcked(id)) {
                findings.add(
                        Rule.P8,
                        evidence.publisher(publications.publisher(id)),
                        publications.sentAt(id),
                        "publication " + id + " on " + evidence.channel(publications.channel(id))
                                + " was never acknowledged, however often it was sent");
            }
        }
    }

    /** A stream that ends before what was acknowledged has lost it, whether anybody listened or not. */
    private void allWithin(Map<Integer, Position> heads) {
        heads.forEach((channel, head) -> {
            long last = streams.lastAcked(channel, head.epoch());
            if (last > head.offset()) {
                findings.add(
                        Rule.P1,
                        "the owner",
                        0,
                        evidence.at(channel, head.epoch(), last) + " was acknowledged, but the head is "
                                + evidence.at(channel, head.epoch(), head.offset()));
            }
        });
    }
}
