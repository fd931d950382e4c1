package dev.carillon.session;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What each user and each tenant sends and each channel is sent, on all nodes together. A node counts what it sees itself and is told
 * once a second of what others saw, of those who used a good part of what they may: so nodes have nothing to tell one
 * another while nobody is loud, and who is loud on several nodes at once has more for a second, owes it, and is held to
 * the rate from then on. Holds only those who have used something in the last seconds. Safe on any thread.
 */
public final class Shares {
    /** Who uses less than this part of the rate is not told of. */
    private static final int TOLD_FROM = 8;

    /** What is counted. */
    public enum Kind {
        USER_MESSAGES('m'),
        USER_BYTES('b'),
        CHANNEL('c'),
        TENANT('t');

        private final char sign;

        Kind(char sign) {
            this.sign = sign;
        }
    }

    private static final class Share {
        final TokenBucket bucket;
        final long perSecond;
        long used;

        Share(long perSecond, long now) {
            this.perSecond = perSecond;
            bucket = new TokenBucket(perSecond, now);
        }
    }

    private final Map<String, Share> shares = new ConcurrentHashMap<>();
    private final LongSupplier ticker;

    Shares() {
        this(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** @param ticker milliseconds, the same for all threads */
    Shares(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** Spends so many, if nothing is owed; milliseconds to wait if more was spent than there was, or else 0. */
    long spend(Kind kind, String name, long cost, long perSecond) {
        long[] wait = {0};
        long now = ticker.getAsLong();
        shares.compute(kind.sign + name, (key, known) -> {
            Share share = known == null ? new Share(perSecond, now) : known;
            if (!share.bucket.owes(now)) {
                share.used += cost;
                share.bucket.spend(cost, now);
            }
            // One that is refused costs nothing, or who sends a little too much would never be let through again.
            wait[0] = share.bucket.owes(now) ? Math.max(1, share.bucket.waitMillis()) : 0;
            return share;
        });
        return wait[0];
    }

    /** What was used since the last time by those of whom other nodes should know; forgets who has used nothing lately. */
    public Map<String, Long> toTell() {
        Map<String, Long> told = new HashMap<>();
        long now = ticker.getAsLong();
        for (String key : shares.keySet()) {
            shares.computeIfPresent(key, (same, share) -> {
                if (share.used * TOLD_FROM >= share.perSecond) {
                    told.put(key, share.used);
                }
                boolean quiet = share.used == 0;
                share.used = 0;
                return quiet && share.bucket.isFull(now) ? null : share;
            });
        }
        return told;
    }

    /** Another node tells what it saw. Only what is used here as well is of interest. */
    public void usedElsewhere(Map<String, Long> told) {
        long now = ticker.getAsLong();
        told.forEach((key, used) -> shares.computeIfPresent(key, (same, share) -> {
            share.bucket.spend(Math.max(0, used), now);
            return share;
        }));
    }
}
