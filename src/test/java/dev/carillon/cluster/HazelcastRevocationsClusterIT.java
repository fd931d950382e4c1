package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ReplicatedMapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.carillon.auth.Identity;
import dev.carillon.auth.Outcome;
import dev.carillon.auth.Revocations;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two real members in this process, and a third that comes later. */
@ExtendWith(VertxExtension.class)
@Timeout(120)
class HazelcastRevocationsClusterIT {
    private static final String CLUSTER = "revocations-" + UUID.randomUUID();
    private static final Duration LONGEST = Duration.ofDays(30);

    private static HazelcastInstance first;
    private static HazelcastInstance second;

    private volatile Instant now = Instant.now();

    @BeforeAll
    static void form() {
        first = member(0);
        second = member(first.getCluster().getLocalMember().getAddress().getPort());
        assertThat(second.getCluster().getMembers()).hasSize(2);
    }

    @AfterAll
    static void end() {
        second.shutdown();
        first.shutdown();
    }

    @Test
    void aTokenRevokedOnOneMemberIsRevokedOnTheOther(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Revocations there = revocations(second, vertx);
        Identity who = identity("carol", "t-1", now);
        assertThat(here.isRevoked(who)).isFalse();
        Outcome.of(here.revokeToken("t-1", now.plusSeconds(60)));
        assertThat(here.isRevoked(who)).isTrue();
        until(() -> there.isRevoked(who));
        assertThat(there.isRevoked(identity("carol", "t-2", now))).isFalse();
        assertThat(there.isRevoked(identity("carol", "", now))).isFalse();
    }

    @Test
    void aUsersOldTokensAreRevokedAndNewOnesAreNot(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Revocations there = revocations(second, vertx);
        Outcome.of(here.revokeUser("dora", now));
        until(() -> there.isRevoked(identity("dora", "t", now.minusMillis(1))));
        assertThat(there.isRevoked(identity("dora", "t", Instant.EPOCH))).isTrue();
        assertThat(there.isRevoked(identity("dora", "t", now))).isFalse();
        assertThat(there.isRevoked(identity("erin", "t", Instant.EPOCH))).isFalse();
    }

    @Test
    void anEarlierRevocationDoesNotUndoALaterOne(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Outcome.of(here.revokeUser("frank", now));
        Outcome.of(here.revokeUser("frank", now.minusSeconds(60)));
        assertThat(here.isRevoked(identity("frank", "t", now.minusSeconds(30)))).isTrue();
    }

    @Test
    void aMemberThatJoinsLaterKnowsAllAtOnce(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        for (int i = 0; i < 100; i++) {
            Outcome.of(here.revokeToken("old-" + i, now.plusSeconds(60)));
        }
        HazelcastInstance third =
                member(first.getCluster().getLocalMember().getAddress().getPort());
        try {
            Revocations late = revocations(third, vertx);
            for (int i = 0; i < 100; i++) {
                assertThat(late.isRevoked(identity("gina", "old-" + i, now)))
                        .as("old-" + i)
                        .isTrue();
            }
        } finally {
            third.shutdown();
        }
    }

    @Test
    void aRevocationOutlivesTheMemberThatMadeIt(Vertx vertx) {
        Revocations there = revocations(second, vertx);
        HazelcastInstance third =
                member(first.getCluster().getLocalMember().getAddress().getPort());
        Identity who = identity("hana", "orphan", now);
        try {
            Outcome.of(revocations(third, vertx).revokeToken("orphan", now.plusSeconds(60)));
            until(() -> there.isRevoked(who));
        } finally {
            third.getLifecycleService().terminate();
        }
        until(() -> first.getCluster().getMembers().size() == 2);
        assertThat(there.isRevoked(who)).isTrue();
    }

    @Test
    void aOneTimeTokenIsGoodAgainForAMomentOnly(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Revocations there = revocations(second, vertx);
        Instant end = now.plusSeconds(3600);
        assertThat(Outcome.of(here.useOnce("r-1", end))).isTrue();
        now = now.plus(Revocations.USE_AGAIN).minusMillis(1);
        assertThat(Outcome.of(there.useOnce("r-1", end))).isTrue();
        now = now.plusMillis(1);
        assertThat(Outcome.of(there.useOnce("r-1", end))).isFalse();
        assertThat(Outcome.of(here.useOnce("r-1", end))).isFalse();
        assertThat(Outcome.of(here.useOnce("r-2", end))).isTrue();
    }

    @Test
    void timesFarAwayAndLongAgoAreTaken(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Outcome.of(here.revokeToken("forever", Instant.parse("9999-12-31T00:00:00Z")));
        Outcome.of(here.revokeToken("long-gone", Instant.EPOCH));
        assertThat(here.isRevoked(identity("ivan", "forever", now))).isTrue();
        // Its expiry is forgiven by leeway, so it must not be believed a moment longer than the others.
        assertThat(here.isRevoked(identity("ivan", "long-gone", now))).isTrue();
        assertThat(Outcome.of(here.useOnce("forever", Instant.parse("9999-12-31T00:00:00Z"))))
                .isTrue();
    }

    @Test
    void resultsComeBackOnTheCallersContext(Vertx vertx) {
        Revocations here = revocations(first, vertx);
        Context context = vertx.getOrCreateContext();
        Future<Boolean> same =
                Future.future(promise -> context.runOnContext(start -> here.useOnce("context", now.plusSeconds(60))
                        .onComplete(done -> promise.complete(done.succeeded() && Vertx.currentContext() == context))));
        assertThat(Outcome.of(same)).isTrue();
    }

    @Test
    void aMemberThatIsGoneIsUnavailable(Vertx vertx) {
        HazelcastInstance alone = member(-1);
        Revocations revocations = revocations(alone, vertx);
        alone.shutdown();
        for (Future<?> call : List.of(
                revocations.revokeToken("t", now), revocations.revokeUser("u", now), revocations.useOnce("t", now))) {
            assertThat(Outcome.failureOf(call)).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void settingsOfTheHazelcastFileAreKept(Vertx vertx) {
        Config config = config(-1);
        config.addReplicatedMapConfig(new ReplicatedMapConfig("carillon.revoked.tokens").setAsyncFillup(true));
        HazelcastInstance alone = Hazelcast.newHazelcastInstance(config);
        try {
            Revocations here = revocations(alone, vertx);
            Outcome.of(here.revokeToken("t-1", now.plusSeconds(60)));
            assertThat(here.isRevoked(identity("jane", "t-1", now))).isTrue();
        } finally {
            alone.shutdown();
        }
    }

    private Revocations revocations(HazelcastInstance member, Vertx vertx) {
        Majority majority = new Majority(member.getCluster()::getMembers, 0, System::currentTimeMillis);
        return new HazelcastRevocations(member, vertx, majority, () -> now, LONGEST);
    }

    private static Identity identity(String userId, String tokenId, Instant issuedAt) {
        return new Identity(
                "", userId, tokenId, issuedAt, issuedAt.plusSeconds(600), List.of(), List.of(), Set.of(), "{}");
    }

    /** @param seed port of a member to join; 0 for the first of the cluster, negative for one on its own */
    private static HazelcastInstance member(int seed) {
        return Hazelcast.newHazelcastInstance(config(seed));
    }

    private static Config config(int seed) {
        Config config = new Config().setClusterName(seed < 0 ? CLUSTER + "-alone" : CLUSTER);
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.partition.count", "31");
        config.getNetworkConfig().setPort(15701).setPortAutoIncrement(true).setPortCount(200);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        if (seed > 0) {
            join.getTcpIpConfig().addMember("127.0.0.1:" + seed);
        }
        return config;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
    }
}
