package dev.carillon.session;

import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.TenantSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Who may come to a node, how many of one address or tenant, and how fast. An address is what {@link Connection#address} says;
 * one that is not known, the empty one, is bounded by the node's bounds alone. Safe on any thread.
 */
public final class Admission {
    /** A burst is so many seconds' worth: clients come again together. */
    private static final int BURST_SECONDS = 10;

    /** {@link #wait}: it was told to wait, again and again, and goes on. */
    static final long GOES_ON = -1;

    /** Addresses remembered at most; those of an attack with many count as one beyond it. */
    private static final int MAX_ADDRESSES = 100_000;

    private static final String OTHERS = "others";

    private final AdmissionSettings settings;
    private final LongSupplier ticker;
    private final Map<String, Visitors> addresses = new ConcurrentHashMap<>();
    private final TenantSettings tenants;
    private final Map<String, Integer> ofTenants = new ConcurrentHashMap<>();
    private final AtomicInteger idle = new AtomicInteger();
    private final TokenBucket logins;

    /** Those of one address; changed by the map's {@code compute} alone. */
    private static final class Visitors {
        final TokenBucket logins;
        int sessions;
        int excess;

        Visitors(long perSecond, long now) {
            logins = new TokenBucket(perSecond, BURST_SECONDS * perSecond, now);
        }
    }

    public Admission(AdmissionSettings settings, TenantSettings tenants) {
        this(settings, tenants, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** @param ticker milliseconds, the same for all threads */
    Admission(AdmissionSettings settings, TenantSettings tenants, LongSupplier ticker) {
        this.settings = settings;
        this.tenants = tenants;
        this.ticker = ticker;
        long perSecond = settings.loginsPerSecond();
        logins = new TokenBucket(perSecond, BURST_SECONDS * perSecond, ticker.getAsLong());
    }

    /** Counts a session of a tenant in; false if the tenant has as many on this node as it may. */
    boolean cameOf(String tenant) {
        if (tenant.isEmpty()) {
            return true;
        }
        boolean[] may = {true};
        ofTenants.compute(tenant, (key, known) -> {
            int many = known == null ? 0 : known;
            may[0] = many < tenants.connections(tenant);
            return may[0] ? Integer.valueOf(many + 1) : known;
        });
        return may[0];
    }

    /** A session that was counted in is gone. */
    void leftOf(String tenant) {
        if (!tenant.isEmpty()) {
            ofTenants.computeIfPresent(tenant, (key, many) -> many == 1 ? null : many - 1);
        }
    }

    /** Whether a connection may be taken that has not said anything. */
    public boolean takesIdle() {
        return idle.get() < settings.idleHandshakes();
    }

    /** A connection begins in which nothing was said. */
    public void idleBegan() {
        idle.incrementAndGet();
    }

    /** Something was said in it, or it is gone. */
    public void idleEnded() {
        idle.decrementAndGet();
    }

    /** Whether there may be one more session of an address. */
    boolean hasRoom(String address) {
        Visitors visitors = addresses.get(address);
        return visitors == null || visitors.sessions < settings.connectionsPerAddress();
    }

    /** A session began; returns what it is to be {@linkplain #left counted out} by. */
    String came(String address) {
        return address.isEmpty() ? "" : visit(address, visitors -> visitors.sessions++);
    }

    void left(String counted) {
        addresses.computeIfPresent(counted, (key, visitors) -> {
            visitors.sessions--;
            return visitors;
        });
    }

    /**
     * Lets a login in: 0, milliseconds to wait, or {@link #GOES_ON}.
     *
     * @param resumes whether it brings a position, as those do whose node was lost: unless it turned out too often that
     *     they had no right to, they need not wait
     */
    long login(String address, boolean resumes) {
        long now = ticker.getAsLong();
        long[] wait = {0};
        if (!address.isEmpty()) {
            String unused = visit(address, visitors -> {
                boolean may = resumes ? !visitors.logins.owesMost() : visitors.logins.take(now);
                wait[0] = may ? 0 : Math.max(1, visitors.logins.waitMillis());
                visitors.excess = may ? Math.max(0, visitors.excess - 1) : visitors.excess + 1;
                if (visitors.excess > 2 * settings.loginsPerSecondPerAddress()) {
                    wait[0] = GOES_ON;
                }
            });
        }
        return wait[0] != 0 || resumes ? wait[0] : loginHere(now);
    }

    private long loginHere(long now) {
        synchronized (logins) {
            return logins.take(now) ? 0 : Math.max(1, logins.waitMillis());
        }
    }

    /** A login that said that it resumes was not believed: it counts as a new one, at the least. */
    void pretended(String address) {
        if (!address.isEmpty()) {
            long now = ticker.getAsLong();
            String unused = visit(address, visitors -> visitors.logins.spend(1, now));
        }
    }

    private interface Change {
        void to(Visitors visitors);
    }

    private String visit(String address, Change change) {
        String key = addresses.size() < MAX_ADDRESSES || addresses.containsKey(address) ? address : OTHERS;
        addresses.compute(key, (same, known) -> {
            Visitors visitors =
                    known == null ? new Visitors(settings.loginsPerSecondPerAddress(), ticker.getAsLong()) : known;
            change.to(visitors);
            return visitors;
        });
        return key;
    }

    /** Forgets addresses that nobody has come from lately. */
    public void sweep() {
        long now = ticker.getAsLong();
        for (String address : addresses.keySet()) {
            addresses.computeIfPresent(
                    address,
                    (key, visitors) -> visitors.sessions == 0 && visitors.logins.isFull(now) ? null : visitors);
        }
    }

    /** Addresses that are remembered. */
    int addresses() {
        return addresses.size();
    }
}
