package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.SubscriberEvents;
import dev.carillon.it.chaos.history.SubscriberLog;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Reads one subscriber's history of the channels it is on (P1, P2, P3, P4, P6). */
final class SubscriberCheck implements SubscriberEvents {
    private final SubscriberLog log;
    private final Publications publications;
    private final Streams streams;
    private final Expectations expected;
    private final Findings findings;
    private final Counts counts;
    private final Evidence evidence;
    private final BitSet seen = new BitSet();
    private final Map<Integer, Place> places = new HashMap<>();
    private final int online;
    private long lastAt;

    /** Where the subscriber stands in a channel. */
    private static final class Place {
        int epoch;
        long offset;
        int lostEpochs;
    }

    SubscriberCheck(
            SubscriberLog log,
            Publications publications,
            Streams streams,
            Expectations expected,
            Findings findings,
            Counts counts,
            Evidence evidence) {
        this.log = log;
        this.publications = publications;
        this.streams = streams;
        this.expected = expected;
        this.findings = findings;
        this.counts = counts;
        this.evidence = evidence;
        online = evidence.history().channels().number("online");
    }

    @Override
    public void subscribed(
            long at, int channel, int epoch, long offset, boolean asked, boolean recovered, int replayed) {
        lastAt = at;
        Place place = places.get(channel);
        if (place == null || !asked) {
            place = new Place();
            places.put(channel, place);
            move(place, epoch, offset);
        } else if (recovered) {
            recovered(at, channel, place, epoch, offset, replayed);
        } else {
            counts.recoveriesIncomplete++;
            toldOfLoss(at, channel, place, epoch, offset);
            place.lostEpochs += epoch == place.epoch ? 0 : 1;
            move(place, epoch, offset);
        }
    }

    private void recovered(long at, int channel, Place place, int epoch, long offset, int replayed) {
        counts.recoveriesComplete++;
        String there = evidence.at(channel, epoch, offset);
        String here = evidence.at(channel, place.epoch, place.offset);
        if (epoch != place.epoch) {
            broken(Rule.P4, at, "recovered at " + there + " from another epoch, " + here);
            move(place, epoch, offset - replayed);
        } else if (offset - place.offset != replayed) {
            broken(Rule.P4, at, "recovered at " + there + " from " + here + " with " + replayed + " messages");
            missed(at, channel, epoch, place.offset, offset - replayed);
            move(place, epoch, Math.max(place.offset, offset - replayed));
        }
    }

    /** It may miss nothing that was acknowledged, unless streams may be lost. */
    private void toldOfLoss(long at, int channel, Place place, int epoch, long offset) {
        boolean same = epoch == place.epoch;
        long lost = streams.acked(channel, place.epoch, place.offset, same ? offset : Long.MAX_VALUE)
                + (same ? 0 : streams.acked(channel, epoch, 0, offset));
        if (lost > 0 && (expected.lossAllowed() || expected.isLaggard(log.name()))) {
            counts.lostTold += lost;
        } else if (lost > 0) {
            broken(
                    Rule.P1,
                    at,
                    "told that it missed something between " + evidence.at(channel, place.epoch, place.offset) + " and "
                            + evidence.at(channel, epoch, offset) + ": " + lost + " acknowledged publications");
        }
    }

    @Override
    public void message(long at, int channel, int epoch, long offset, long id, boolean replayed) {
        lastAt = at;
        counts.delivered++;
        if (replayed) {
            counts.replayed++;
        }
        if (!publications.isKnown(id) || publications.channel(id) != channel || publications.sentAt(id) > at) {
            broken(Rule.P6, at, given(id, channel, epoch, offset) + ", which nobody had published there");
            return;
        }
        if (seen.get((int) id)) {
            twice(at, channel, epoch, offset, id);
        }
        seen.set((int) id);
        long holds = streams.put(channel, epoch, offset, id, false);
        if (holds != id) {
            broken(Rule.P3, at, given(id, channel, epoch, offset) + ", which is the position of " + holds);
        }
        follow(at, channel, epoch, offset, id);
    }

    @Override
    public void announced(long at, int epoch, long offset, int user, boolean isOnline) {
        lastAt = at;
        follow(at, online, epoch, offset, 0);
    }

    private void twice(long at, int channel, int epoch, long offset, long id) {
        Place place = places.get(channel);
        boolean newStream = place != null && place.lostEpochs > 0;
        if (expected.lossAllowed() && newStream) {
            counts.again++;
        } else {
            broken(Rule.P2, at, given(id, channel, epoch, offset) + " for the second time");
        }
    }

    private void follow(long at, int channel, int epoch, long offset, long id) {
        Place place = places.get(channel);
        if (place == null || place.epoch != epoch) {
            broken(
                    Rule.P4,
                    at,
                    given(id, channel, epoch, offset) + ", but it stands "
                            + (place == null ? "nowhere" : "at " + evidence.at(channel, place.epoch, place.offset)));
            place = places.computeIfAbsent(channel, c -> new Place());
            move(place, epoch, offset);
        } else if (offset <= place.offset) {
            broken(
                    Rule.P4,
                    at,
                    given(id, channel, epoch, offset) + " after " + evidence.at(channel, epoch, place.offset));
        } else {
            if (offset > place.offset + 1) {
                broken(
                        Rule.P4,
                        at,
                        given(id, channel, epoch, offset) + " right after "
                                + evidence.at(channel, epoch, place.offset));
                missed(at, channel, epoch, place.offset, offset - 1);
            }
            move(place, epoch, offset);
        }
    }

    private void missed(long at, int channel, int epoch, long after, long upTo) {
        int lost = streams.acked(channel, epoch, after, upTo);
        if (lost > 0) {
            broken(
                    Rule.P1,
                    at,
                    "not given " + lost + " acknowledged publication(s), first "
                            + streams.firstAcked(channel, epoch, after) + ", between "
                            + evidence.at(channel, epoch, after) + " and " + evidence.at(channel, epoch, upTo + 1));
        }
    }

    private static void move(Place place, int epoch, long offset) {
        place.epoch = epoch;
        place.offset = offset;
    }

    @Override
    public void gap(long at, int channel, int epoch, long offset, long missed) {
        counts.gaps++;
        Place place = places.get(channel);
        if (place == null || place.epoch != epoch || offset - place.offset != missed) {
            broken(
                    Rule.P4,
                    at,
                    "told of a gap of " + missed + " up to " + evidence.at(channel, epoch, offset) + ", but it stands "
                            + (place == null ? "nowhere" : "at " + evidence.at(channel, place.epoch, place.offset)));
            place = places.computeIfAbsent(channel, c -> new Place());
        } else {
            toldOfLoss(at, channel, place, epoch, offset);
        }
        move(place, epoch, offset);
    }

    @Override
    public void ended(long at, int channel, int code) {
        counts.positionsLost++;
    }

    /** The run is over: it must stand at the head of each of its channels. */
    void end(Map<Integer, Position> heads) {
        places.forEach((channel, place) -> {
            Position head = heads.get(channel);
            if (head != null && (head.epoch() != place.epoch || head.offset() != place.offset)) {
                broken(
                        Rule.P1,
                        lastAt,
                        "ends at " + evidence.at(channel, place.epoch, place.offset) + ", but the head is "
                                + evidence.at(channel, head.epoch(), head.offset()));
            }
        });
    }

    private String given(long id, int channel, int epoch, long offset) {
        return "publication " + id + " given at " + evidence.at(channel, epoch, offset);
    }

    private void broken(Rule rule, long at, String what) {
        findings.add(rule, log.name(), at, what);
    }
}
