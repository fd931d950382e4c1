package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.version.MemberVersion;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guard and the way to owners, on a member list and a clock that the test moves. */
class OwnersTest {
    private long now = 1_000;
    private volatile Set<Member> members = members("a", "b", "c");
    private final Clockwork timers = new Clockwork();
    private Majority majority;
    private Owners owners;
    private final List<CompletableFuture<String>> attempts = new ArrayList<>();
    private final List<Boolean> again = new ArrayList<>();

    @BeforeEach
    void start() {
        majority = new Majority(() -> members, 0, () -> now);
        owners = new Owners(majority, timers, () -> now);
    }

    @Test
    void aStepThatSucceedsIsBelieved() {
        Future<String> outcome = step();
        attempts.get(0).complete("done");
        assertThat(outcome.result()).isEqualTo("done");
        pass(Owners.LOOK_MILLIS);
        assertThat(timers.pending).isEmpty();
    }

    @Test
    void aStepThatSucceededBecauseTheMemberListHadJustShrunkIsNotBelieved() {
        Future<String> outcome = step();
        members = members("a");
        attempts.get(0).complete("done among ourselves");

        assertThat(outcome.cause())
                .isExactlyInstanceOf(UnavailableException.class)
                .hasMessageContaining("1 of 3");
    }

    @Test
    void aMinorityIsRefusedAtOnceAndNotEvenAsked() {
        members = members("a");
        assertThat(step().cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(attempts).isEmpty();
    }

    @Test
    void anUnknownOutcomeIsRepeatedAndSaysSo() {
        Future<String> outcome = step();
        attempts.get(0).completeExceptionally(new IndeterminateOperationStateException("lost"));
        pass(50);
        attempts.get(1).completeExceptionally(new IndeterminateOperationStateException("lost"));
        pass(99);
        assertThat(attempts).as("the second pause is twice the first").hasSize(2);
        pass(1);
        attempts.get(2).complete("done");

        assertThat(outcome.result()).isEqualTo("done");
        assertThat(again).containsExactly(false, true, true);
    }

    @Test
    void whileALossSettlesAStepIsHeldAndRepeated() {
        Future<String> outcome = step();
        members = members("a", "b");
        attempts.get(0).complete("too early");
        assertThat(outcome.isComplete()).isFalse();

        for (int i = 0; i < 30; i++) {
            pass(100);
        }
        attempts.get(attempts.size() - 1).complete("done");
        assertThat(outcome.result()).isEqualTo("done");
        assertThat(attempts).as("not asked while settling").hasSize(2);
    }

    @Test
    void repeatsEnd() {
        Future<String> outcome = step();
        attempts.get(0).completeExceptionally(new IndeterminateOperationStateException("lost"));
        for (int i = 0; i < 200 && !outcome.isComplete(); i++) {
            pass(100);
            CompletableFuture<String> last = attempts.get(attempts.size() - 1);
            last.completeExceptionally(new IndeterminateOperationStateException("lost"));
        }
        assertThat(outcome.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(now).isLessThanOrEqualTo(1_000 + Owners.PATIENCE.toMillis());
        assertThat(attempts).hasSizeLessThan(25);
        pass(Owners.LOOK_MILLIS);
        assertThat(timers.pending).isEmpty();
    }

    @Test
    void anOwnerThatNeverAnswersIsNotWaitedForWithoutEnd() {
        Future<String> outcome = step();
        for (long passed = Owners.LOOK_MILLIS; passed < Owners.PATIENCE.toMillis(); passed += Owners.LOOK_MILLIS) {
            pass(Owners.LOOK_MILLIS);
        }
        Future<String> later = step();
        assertThat(outcome.isComplete()).isFalse();
        pass(Owners.LOOK_MILLIS);

        assertThat(outcome.cause()).isExactlyInstanceOf(UnavailableException.class);
        assertThat(later.isComplete()).isFalse();
    }

    @Test
    void whoWakesUpAfterTheDeadlineRepeatsAndBelievesNothing() {
        Future<String> repeated = step();
        attempts.get(0).completeExceptionally(new IndeterminateOperationStateException("lost"));
        Future<String> answered = step();
        now += 60_000;
        attempts.get(1).complete("of a minute ago");
        timers.run();

        assertThat(answered.cause()).isInstanceOf(UnavailableException.class);
        assertThat(repeated.cause()).isInstanceOf(UnavailableException.class);
        assertThat(attempts).hasSize(2);
    }

    @Test
    void aFaultThatStaysIsNotRepeated() {
        Future<String> outcome = step();
        attempts.get(0).completeExceptionally(new ClassCastException("a bug"));
        assertThat(outcome.cause())
                .isExactlyInstanceOf(UnavailableException.class)
                .hasRootCauseInstanceOf(ClassCastException.class);
    }

    @Test
    void inDoubtNothingIsBelievedUntilTrustReturns() {
        List<Boolean> heard = new ArrayList<>();
        majority.onChange(heard::add);
        majority.doubt();
        assertThat(majority.holds()).isFalse();
        assertThat(majority.isLost()).isFalse();
        assertThat(majority.why()).contains("out of touch");
        Future<String> held = step();
        assertThat(attempts).isEmpty();

        majority.trust();
        pass(50);
        attempts.get(0).complete("done");
        assertThat(held.result()).isEqualTo("done");
        assertThat(again).as("what was held back cannot have happened").containsExactly(false);
        assertThat(heard).containsExactly(false, true);
    }

    @Test
    void whatAnOwnerSaidBeforeAStandstillWasNoticedIsNotBelieved() {
        AtomicBoolean late = new AtomicBoolean();
        majority.suspectWhile(late::get);
        Future<String> outcome = step();
        late.set(true);
        attempts.get(0).complete("of before");
        assertThat(outcome.isComplete()).isFalse();
        assertThat(majority.why()).contains("out of touch");

        late.set(false);
        pass(50);
        attempts.get(1).complete("of after");
        assertThat(outcome.result()).isEqualTo("of after");
    }

    @Test
    void lossAndReturnAreHeardByWhoAskedFor() {
        List<Boolean> heard = new ArrayList<>();
        majority.onChange(heard::add);
        members = members("a");
        assertThat(majority.holds()).isFalse();
        assertThat(majority.why()).isEqualTo("1 of 3 nodes here, 2 needed");
        members = members("a", "b", "c");
        pass(Electorate.SETTLE_MILLIS);
        assertThat(majority.holds()).isTrue();
        assertThat(heard).containsExactly(false, true);
    }

    private Future<String> step() {
        return owners.settle(repeat -> {
            again.add(repeat);
            CompletableFuture<String> attempt = new CompletableFuture<>();
            attempts.add(attempt);
            return attempt;
        });
    }

    private void pass(long millis) {
        now += millis;
        timers.run();
    }

    private static Set<Member> members(String... ids) {
        Set<Member> members = new LinkedHashSet<>();
        for (String id : ids) {
            try {
                members.add(new MemberImpl.Builder(new Address("127.0.0.1", 5000 + id.charAt(0)))
                        .version(MemberVersion.of("5.3.8"))
                        .uuid(new UUID(0, id.charAt(0)))
                        .attributes(Map.of(NodeIdentity.ATTRIBUTE, id))
                        .build());
            } catch (UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
        return members;
    }

    private final class Clockwork implements Owners.Timers {
        private record Timer(long at, Runnable then) {}

        private final PriorityQueue<Timer> pending = new PriorityQueue<>(java.util.Comparator.comparingLong(Timer::at));

        @Override
        public void set(long millis, Runnable then) {
            pending.add(new Timer(now + millis, then));
        }

        void run() {
            while (!pending.isEmpty() && pending.peek().at <= now) {
                pending.remove().then.run();
            }
        }
    }
}
