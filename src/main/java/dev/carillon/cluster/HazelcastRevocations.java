package dev.carillon.cluster;

import com.hazelcast.config.InvalidConfigurationException;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.replicatedmap.ReplicatedMap;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import dev.carillon.auth.Identity;
import dev.carillon.auth.Revocations;
import dev.carillon.channel.Tenant;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Revocations held by Hazelcast. Every member has all of them, so asking costs a look into a local map, and a member
 * that joins has them before it answers; a new revocation reaches the other members a moment after its future
 * completes. One-time tokens are marked at one owner, with a backup. Safe on any thread; futures complete on the
 * caller's context and fail with {@link UnavailableException}.
 */
public final class HazelcastRevocations implements Revocations {
    /** Revocations held at most; a further one fails. */
    static final int MAX_REVOKED = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastRevocations.class);
    private static final String TOKENS = "carillon.revoked.tokens";
    private static final String USERS = "carillon.revoked.users";
    private static final String BLOCKED = "carillon.blocked.users";

    /** In the map of users what holds for all of a tenant, or of none: no user has such an id. */
    private static final String ALL = " all";

    static final String USED = "carillon.used.tokens";
    private static final int MAX_WAITING = 1000;

    // An entry outlives its token by more than any leeway or difference between clocks.
    private static final Duration SLACK = Duration.ofHours(1);

    // Hazelcast counts seconds in an int.
    private static final Duration LONGEST = Duration.ofDays(10 * 365);

    private final Vertx vertx;
    private final InstantSource clock;
    private final Duration longestTokenLife;
    private final ReplicatedMap<String, Long> tokens;
    private final ReplicatedMap<String, Long> users;
    private final ReplicatedMap<String, Long> blocked;
    private final IMap<String, Long> used;
    private final Majority majority;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Copies what the other members have; blocks meanwhile, so not for an event loop.
     *
     * @param majority without it one-time tokens are not accepted; revocations are, because they only ever take away, and a
     *     merge keeps those of both sides
     * @param longestTokenLife a user's revocation is forgotten this long after the moment it names
     */
    public HazelcastRevocations(
            HazelcastInstance hazelcast,
            Vertx vertx,
            Majority majority,
            InstantSource clock,
            Duration longestTokenLife) {
        this.majority = majority;
        this.vertx = vertx;
        this.clock = clock;
        this.longestTokenLife = longestTokenLife;
        tokens = replicated(hazelcast, TOKENS);
        users = replicated(hazelcast, USERS);
        blocked = replicated(hazelcast, BLOCKED);
        used = hazelcast.getMap(USED);
    }

    /** Has something run soon after more is revoked or blocked, on whatever node; on a thread of Hazelcast's, so it must be quick. */
    public void onChange(Runnable changed) {
        EntryAdapter<String, Long> listener = new EntryAdapter<>() {
            @Override
            public void onEntryEvent(EntryEvent<String, Long> event) {
                if (event.getValue() != null) {
                    changed.run();
                }
            }
        };
        for (ReplicatedMap<String, Long> map : List.of(tokens, users, blocked)) {
            UUID unused = map.addEntryListener(listener);
        }
    }

    private static ReplicatedMap<String, Long> replicated(HazelcastInstance hazelcast, String name) {
        try {
            // Otherwise a member that has just joined would believe revoked tokens for a moment.
            ReplicatedMapConfig config = new ReplicatedMapConfig(name).setAsyncFillup(false);
            // After a split the later revocation of a user holds; the default would keep whichever the majority had.
            config.getMergePolicyConfig().setPolicy(LatestUpdateMergePolicy.class.getName());
            hazelcast.getConfig().addReplicatedMapConfig(config);
        } catch (InvalidConfigurationException configured) {
            LOG.debug("{} keeps the settings of the Hazelcast file", name);
        }
        return hazelcast.getReplicatedMap(name);
    }

    @Override
    public boolean isRevoked(Identity who) {
        if (!who.tokenId().isEmpty() && tokens.containsKey(who.tokenKey())) {
            return true;
        }
        return blockedUntil(who.userKey()) != null
                || isOld(who, users.get(who.userKey()))
                || isOld(who, users.get(Tenant.key(who.tenant(), ALL)));
    }

    private static boolean isOld(Identity who, @Nullable Long before) {
        return before != null && who.issuedAt().toEpochMilli() < before;
    }

    @Override
    public @Nullable Instant blockedUntil(String userKey) {
        Long until = blocked.get(userKey);
        return until == null || until <= clock.millis()
                ? null
                : until == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(until);
    }

    /** {@inheritDoc} After a split the block that was made later holds, and an unblock on one side does not hold. */
    @Override
    public Future<Void> block(String userKey, @Nullable Instant until) {
        return call(() -> {
            requireRoom(blocked, userKey);
            if (until == null) {
                blocked.put(userKey, Long.MAX_VALUE);
            } else {
                blocked.put(userKey, until.toEpochMilli(), secondsUntil(until), TimeUnit.SECONDS);
            }
            return null;
        });
    }

    @Override
    public Future<Void> unblock(String userKey) {
        return call(() -> {
            Long unused = blocked.remove(userKey);
            return null;
        });
    }

    @Override
    public Future<Void> revokeAll(String tenant, Instant before) {
        return revokeUser(Tenant.key(tenant, ALL), before);
    }

    @Override
    public Future<Void> revokeToken(String tokenId, Instant until) {
        return call(() -> {
            requireRoom(tokens, tokenId);
            tokens.put(tokenId, until.toEpochMilli(), secondsUntil(until), TimeUnit.SECONDS);
            return null;
        });
    }

    /** {@inheritDoc} An earlier moment than one revoked before changes nothing. */
    @Override
    public Future<Void> revokeUser(String userId, Instant before) {
        return call(() -> {
            requireRoom(users, userId);
            Long revoked = users.get(userId);
            if (revoked == null || revoked < before.toEpochMilli()) {
                users.put(userId, before.toEpochMilli(), secondsUntil(before.plus(longestTokenLife)), TimeUnit.SECONDS);
            }
            return null;
        });
    }

    @Override
    public Future<Boolean> useOnce(String tokenId, Instant until) {
        return call(() -> {
            long now = clock.millis();
            requireMajority();
            Long first = used.putIfAbsent(tokenId, now, secondsUntil(until), TimeUnit.SECONDS);
            // The other side of a cut would accept the same token.
            requireMajority();
            return first == null || now - first < USE_AGAIN.toMillis();
        });
    }

    private void requireMajority() {
        if (!majority.holds()) {
            throw new UnavailableException("no majority: " + majority.why());
        }
    }

    private static void requireRoom(ReplicatedMap<String, Long> map, String key) {
        if (map.size() >= MAX_REVOKED && !map.containsKey(key)) {
            throw new UnavailableException("too many revocations");
        }
    }

    private long secondsUntil(Instant end) {
        Duration left = Duration.between(clock.instant(), end);
        if (left.isNegative()) {
            return SLACK.toSeconds();
        }
        return (left.compareTo(LONGEST) < 0 ? left.plus(SLACK) : LONGEST).toSeconds();
    }

    /** Off the event loop, and back on the caller's context. */
    private <T> Future<T> call(Callable<T> blocking) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            return Future.failedFuture(new UnavailableException("too many calls wait for the cluster"));
        }
        return vertx.executeBlocking(blocking, false)
                .onComplete(done -> waiting.decrementAndGet())
                .recover(cause -> Future.failedFuture(
                        cause instanceof UnavailableException
                                ? cause
                                : new UnavailableException("revocations are out of reach", cause)));
    }
}
