package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private static final long LONGEST = (long) Pacing.LONGEST_MILLIS;

    /** Its event loop's time stands still until told otherwise. */
    private final EmbeddedChannel clock = new EmbeddedChannel();

    private final Wheel wheel = new Wheel(0);
    private long now;
    private final Turnstile turnstile = new Turnstile(clock.eventLoop(), wheel, () -> now, Turnstile.MOST_UNDER_WAY);
    private final Queue<Turnstile.Passage> inside = new ArrayDeque<>();
    private final List<Integer> order = new ArrayList<>();

    @BeforeEach
    void manyThatTookNoTime() {
        clock.freezeTime();
        come(4 * Turnstile.MOST_UNDER_WAY);
        while (!inside.isEmpty()) {
            inside.remove().succeeded();
        }
        assertThat(turnstile.window()).isEqualTo(Turnstile.MOST_UNDER_WAY);
        order.clear();
    }

    @Test
    void whereOwnersAreFarAwaySlowIsWhatIsSlowThere() {
        Turnstile far = new Turnstile(clock.eventLoop(), wheel, () -> now, Turnstile.MOST_UNDER_WAY);
        for (int i = 0; i < 4 * Turnstile.MOST_UNDER_WAY; i++) {
            far.enter(inside::add);
        }
        while (!inside.isEmpty()) {
            now += 4 * Turnstile.QUICK_MILLIS;
            List<Turnstile.Passage> together = List.copyOf(inside);
            inside.clear();
            together.forEach(Turnstile.Passage::succeeded);
        }

        assertThat(far.window()).isEqualTo(Turnstile.MOST_UNDER_WAY);
    }

    @Test
    void asManyAsTheWindowAreLetInAndInOrder() {
        come(100);
        assertThat(order).hasSize(Turnstile.MOST_UNDER_WAY);

        inside.remove().succeeded();

        assertThat(order).hasSize(Turnstile.MOST_UNDER_WAY + 1).isSorted();
    }

    @Test
    void afterAPauseFewAreLetInAndOneMoreForEachThatWasQuick() {
        now += Turnstile.PAUSE_MILLIS;
        come(1000);
        assertThat(order).hasSize(Turnstile.AFTER_A_PAUSE);

        inside.remove().succeeded();
        assertThat(order).hasSize(Turnstile.AFTER_A_PAUSE + 2);
        for (int i = 1; i < Turnstile.AFTER_A_PAUSE; i++) {
            inside.remove().succeeded();
        }

        assertThat(turnstile.window()).isEqualTo(2 * Turnstile.AFTER_A_PAUSE);
    }

    @Test
    void whoNeedsNoTurnWidensNothing() {
        now += Turnstile.PAUSE_MILLIS;
        for (int i = 0; i < 1000; i++) {
            come(1);
            inside.remove().succeeded();
        }

        assertThat(turnstile.window()).isEqualTo(Turnstile.AFTER_A_PAUSE);
    }

    @Test
    void slowArrivalsNarrowTheWindowOnceForThoseThatWereThereTogether() {
        come(1000);
        now += Turnstile.QUICK_MILLIS + 1;
        for (int i = 0; i < Turnstile.MOST_UNDER_WAY; i++) {
            inside.remove().succeeded();
        }

        assertThat(turnstile.window()).isEqualTo(Turnstile.MOST_UNDER_WAY / 2);
        assertThat(inside).hasSize(Turnstile.MOST_UNDER_WAY / 2);
    }

    @Test
    void ifACrowdBeginsTooFastItIsLetInOneByOne() {
        now += Turnstile.PAUSE_MILLIS;
        come(1000);
        for (int i = 0; i < Turnstile.AFTER_A_PAUSE; i++) {
            inside.remove().succeeded();
        }
        now += Turnstile.QUICK_MILLIS + 1;
        inside.remove().succeeded();

        assertThat(turnstile.window()).isZero();
        assertThat(turnstile.delayMillis()).isEqualTo(Pacing.LONGEST_MILLIS);
    }

    @Test
    void oneThatIsSlowWhileNobodyWaitsMakesNoCrowd() {
        now += Turnstile.PAUSE_MILLIS;
        come(2);
        now += Turnstile.QUICK_MILLIS + 1;
        inside.remove().succeeded();

        assertThat(turnstile.window()).isEqualTo(Turnstile.AFTER_A_PAUSE / 2);
    }

    @Test
    void ifOneAtATimeIsSlowOneIsLetInEveryFewMilliseconds() {
        come(2000);
        allAreSlow();
        now += LONGEST - 2;
        order.clear();

        inside.remove().succeeded();
        assertThat(order).isEmpty();
        pass(2);
        assertThat(order).hasSize(1);
        pass(LONGEST);
        assertThat(order).as("the one before is still under way").hasSize(1);
    }

    @Test
    void theDelayGetsShorterWithEachThatIsQuickAndIsTwiceAsLongAfterOneThatIsNot() {
        come(2000);
        allAreSlow();
        assertThat(turnstile.window()).isZero();
        assertThat(turnstile.delayMillis()).isEqualTo(Pacing.LONGEST_MILLIS);
        pass(LONGEST);

        assertThat(quickUntil(2)).isBetween(135, 142);
        slowOnes();
        assertThat(turnstile.delayMillis()).isBetween(3.9, 4.0);
        slowOnes();
        slowOnes();
        assertThat(turnstile.delayMillis()).isEqualTo(Pacing.LONGEST_MILLIS);
    }

    @Test
    void withADelayTheyComeAsOftenAsItSays() {
        come(2000);
        allAreSlow();
        pass(LONGEST);
        int here = order.size();
        long began = now;
        quickUntil(4);
        assertThat((double) (now - began) / (order.size() - here)).isBetween(5.0, 7.0);
    }

    @Test
    void theWindowHasALeastAndIsWideAgainAfterManyThatWereQuick() {
        come(4000);
        allAreSlow();
        assertThat(turnstile.window()).isZero();
        pass(LONGEST);

        while (turnstile.window() == 0) {
            quickOne();
        }
        assertThat(turnstile.window()).isEqualTo(1);
        inside.remove().succeeded();
        assertThat(turnstile.window()).as("no longer one for each").isEqualTo(2);
        for (int i = 0; i < 800; i++) {
            inside.remove().succeeded();
        }

        assertThat(turnstile.window()).isEqualTo(Turnstile.MOST_UNDER_WAY);
    }

    @Test
    void whoseOwnerDoesNotAnswerKeepsNobodyElseOut() {
        come(Turnstile.MOST_UNDER_WAY + 5);
        List<Turnstile.Passage> hanging = new ArrayList<>(inside);
        assertThat(order).hasSize(Turnstile.MOST_UNDER_WAY);

        now += Turnstile.HELD_MILLIS + Wheel.TICK_MILLIS;
        wheel.turn(now);

        assertThat(order).hasSize(Turnstile.MOST_UNDER_WAY + 5);
        hanging.forEach(Turnstile.Passage::ended);
        come(100);
        assertThat(order).hasSize(2 * Turnstile.MOST_UNDER_WAY);
    }

    @Test
    void thousandsThatAreGoneByTheirTurnLeaveAtOnce() {
        come(Turnstile.MOST_UNDER_WAY);
        for (int i = 0; i < 100_000; i++) {
            turnstile.enter(Turnstile.Passage::ended);
        }

        inside.remove().succeeded();
        come(1);

        assertThat(order).hasSize(Turnstile.MOST_UNDER_WAY + 1);
    }

    private void come(int count) {
        for (int i = 0; i < count; i++) {
            int number = order.size() + i;
            turnstile.enter(passage -> {
                order.add(number);
                inside.add(passage);
            });
        }
    }

    /** As many as it takes. */
    private int quickUntil(double delayMillis) {
        int count = 0;
        while (turnstile.delayMillis() > delayMillis) {
            quickOne();
            count++;
        }
        return count;
    }

    /** Who is in takes too long. */
    private void slowOnes() {
        pass(Turnstile.QUICK_MILLIS + 1);
        List<Turnstile.Passage> together = List.copyOf(inside);
        inside.clear();
        together.forEach(Turnstile.Passage::succeeded);
        while (inside.isEmpty()) {
            pass(1);
        }
    }

    /** Who is in has come, and the next is let in after the delay. */
    private void quickOne() {
        inside.remove().succeeded();
        while (inside.isEmpty()) {
            pass(1);
        }
    }

    /** Each as soon as it may come in. */
    private void allAreSlow() {
        for (int i = 0; i < 200; i++) {
            now += LONGEST;
            inside.remove().succeeded();
        }
    }

    private void pass(long millis) {
        now += millis;
        clock.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        clock.runScheduledPendingTasks();
    }
}
