package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.PublisherEvents;
import dev.carillon.it.chaos.history.PublisherLog;

/** Reads one publisher's history: what it sent and was promised (P5, P8). */
final class PublisherCheck implements PublisherEvents {
    private static final int FIRST_FINAL_ERROR = 200;

    private final PublisherLog log;
    private final int index;
    private final Publications publications;
    private final Streams streams;
    private final Expectations expected;
    private final Findings findings;
    private final Counts counts;
    private final Evidence evidence;

    PublisherCheck(
            PublisherLog log,
            int index,
            Publications publications,
            Streams streams,
            Expectations expected,
            Findings findings,
            Counts counts,
            Evidence evidence) {
        this.log = log;
        this.index = index;
        this.publications = publications;
        this.streams = streams;
        this.expected = expected;
        this.findings = findings;
        this.counts = counts;
        this.evidence = evidence;
    }

    @Override
    public void sent(long at, int channel, long id) {
        if (publications.isKnown(id)) {
            counts.repeated++;
        }
        publications.sent(id, channel, at, index);
    }

    @Override
    public void acked(long at, int channel, int epoch, long offset, long id, boolean duplicate) {
        String where = "publication " + id + " acknowledged at " + evidence.at(channel, epoch, offset);
        if (!publications.isKnown(id) || publications.channel(id) != channel) {
            broken(Rule.P5, at, where + ", which was not published there");
            return;
        }
        if (duplicate) {
            counts.duplicateAcks++;
        }
        boolean sameEpoch = true;
        if (publications.isAcked(id)) {
            Position first = publications.ack(id);
            sameEpoch = first.epoch() == epoch;
            if (!first.equals(new Position(epoch, offset)) && !(expected.lossAllowed() && !sameEpoch)) {
                broken(Rule.P5, at, where + ", before at " + evidence.at(channel, first.epoch(), first.offset()));
            }
        } else {
            counts.acked++;
        }
        if (!duplicate && publications.appendedAgain(id, sameEpoch)) {
            broken(Rule.P5, at, where + " as if it were new, for the second time");
        }
        publications.acked(id, epoch, offset);
        long holds = streams.put(channel, epoch, offset, id, true);
        if (holds != id) {
            broken(Rule.P5, at, where + ", which was the position of " + holds);
        }
    }

    @Override
    public void refused(long at, long id, int code) {
        counts.refusals.merge(code, 1L, Long::sum);
        if (code >= FIRST_FINAL_ERROR) {
            broken(Rule.P8, at, "publication " + id + " refused for good, with " + code);
        }
    }

    @Override
    public void silence(long at, long id) {
        broken(Rule.P8, at, "publication " + id + " not answered, while the connection answered pings");
    }

    private void broken(Rule rule, long at, String what) {
        findings.add(rule, log.name(), at, what);
    }
}
