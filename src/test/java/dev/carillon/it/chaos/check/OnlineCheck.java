package dev.carillon.it.chaos.check;

import dev.carillon.it.chaos.history.SubscriberEvents;
import dev.carillon.it.chaos.history.SubscriberLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Reads what one subscriber of {@code online} was told of each user (P7). */
final class OnlineCheck implements SubscriberEvents {
    private final SubscriberLog log;
    private final int channel;
    private final long settledAt;
    private final Expectations expected;
    private final Findings findings;
    private final Counts counts;
    private final Evidence evidence;
    private final Map<Integer, Boolean> states = new HashMap<>();
    private boolean watches;
    private long lastAt;

    OnlineCheck(
            SubscriberLog log,
            int channel,
            long settledAt,
            Expectations expected,
            Findings findings,
            Counts counts,
            Evidence evidence) {
        this.log = log;
        this.channel = channel;
        this.settledAt = settledAt;
        this.expected = expected;
        this.findings = findings;
        this.counts = counts;
        this.evidence = evidence;
    }

    @Override
    public void subscribed(
            long at, int onChannel, int epoch, long offset, boolean asked, boolean recovered, int replayed) {
        if (onChannel == channel) {
            watches = true;
            if (!recovered) {
                states.clear(); // What it missed may have turned anybody's state.
            }
        }
    }

    @Override
    public void announced(long at, int epoch, long offset, int user, boolean online) {
        counts.announcements++;
        lastAt = at;
        Boolean before = states.put(user, online);
        String what = evidence.history().users().name(user) + (online ? " came online" : " went offline") + " at "
                + evidence.at(channel, epoch, offset);
        if (before != null && before == online && expected.lossAllowed()) {
            counts.announcedAgain++; // What was known of the user was lost as well.
        } else if (before != null && before == online) {
            broken(at, what + ", and had been so");
        } else if (!online && at >= settledAt && expected.offlineForbidden()) {
            broken(at, what + ", and had never been away");
        }
    }

    /** The run is over: who is connected must not be taken for gone. */
    void end(Set<Integer> connected) {
        states.forEach((user, online) -> {
            if (watches && !online && connected.contains(user)) {
                broken(lastAt, evidence.history().users().name(user) + " is offline in the end, but is connected");
            }
        });
    }

    private void broken(long at, String what) {
        findings.add(Rule.P7, log.name(), at, what);
    }
}
