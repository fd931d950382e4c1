package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.TenantSettings;

/**
 * How much one client says: frames and bytes, of its connection, its user and its tenant. Confined to the session's event loop.
 */
final class Intake {
    /** What taking in the smallest message costs, in bytes: pings and pongs are counted by it alone. */
    private static final int MESSAGE_BYTES = 128;

    /** {@link #take}: it was told to wait, again and again, and goes on. */
    static final long GOES_ON = -1;

    private final LimitSettings limits;
    private final TenantSettings tenants;
    private final Shares shares;
    private final TokenBucket messages;
    private final TokenBucket bytes;

    /** Since the last frame. */
    private long read;

    /** Frames beyond the rate; one within it makes good one beyond. */
    private int excess;

    Intake(LimitSettings limits, TenantSettings tenants, Shares shares, long now) {
        this.limits = limits;
        this.tenants = tenants;
        this.shares = shares;
        messages = new TokenBucket(limits.messagesPerSecond(), now);
        // The largest message is always within it.
        bytes = new TokenBucket(
                limits.byteRate(), Math.max(2 * limits.byteRate(), limits.maxMessageBytes() + MESSAGE_BYTES), now);
    }

    /** Counts a message that was read; false if the client owes as much as anybody can. */
    boolean read(int messageBytes, long now) {
        long cost = messageBytes + MESSAGE_BYTES;
        bytes.spend(cost, now);
        read += cost;
        return !bytes.owesMost();
    }

    /** Whether the client said more than it may. */
    boolean owes(long now) {
        return bytes.owes(now);
    }

    /** Takes a frame: 0, milliseconds to wait, or {@link #GOES_ON}. */
    long take(Identity who, long now) {
        long wait = messages.take(now) ? 0 : messages.waitMillis();
        if (bytes.owes(now)) {
            wait = Math.max(wait, bytes.waitMillis());
        }
        wait = Math.max(wait, shares.spend(Shares.Kind.USER_MESSAGES, who.userKey(), 1, limits.userMessageRate()));
        wait = Math.max(wait, shares.spend(Shares.Kind.USER_BYTES, who.userKey(), read, limits.userByteRate()));
        if (!who.tenant().isEmpty()) {
            wait = Math.max(wait, shares.spend(Shares.Kind.TENANT, who.tenant(), 1, tenants.messageRate(who.tenant())));
        }
        read = 0;
        if (wait == 0) {
            excess = Math.max(0, excess - 1);
            return 0;
        }
        return ++excess > 2 * limits.messagesPerSecond() ? GOES_ON : wait;
    }
}
