package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private final Wheel wheel = new Wheel(0);
    private long now;
    private final Arrivals arrivals = new Arrivals(wheel, () -> now);
    private final Queue<Arrivals.Arrival> inside = new ArrayDeque<>();
    private final List<Integer> order = new ArrayList<>();

    @BeforeEach
    void oneThatTookNoTime() {
        come(1);
        inside.remove().succeeded();
        order.clear();
    }

    @Test
    void whereOwnersAreFarAwaySlowIsWhatIsSlowThere() {
        Arrivals far = new Arrivals(wheel, () -> now);
        for (int i = 0; i < 100; i++) {
            far.enter(inside::add);
            now += 4 * Arrivals.QUICK_MILLIS;
            inside.remove().succeeded();
        }

        assertThat(far.window()).isEqualTo(Arrivals.MOST_UNDER_WAY);
    }

    @Test
    void asManyAsTheWindowAreLetInAndInOrder() {
        come(100);
        assertThat(order).hasSize(Arrivals.MOST_UNDER_WAY);

        inside.remove().succeeded();

        assertThat(order).hasSize(Arrivals.MOST_UNDER_WAY + 1).isSorted();
    }

    @Test
    void slowArrivalsNarrowTheWindowOnceForThoseThatWereThereTogether() {
        come(1000);
        now += Arrivals.QUICK_MILLIS + 1;
        for (int i = 0; i < Arrivals.MOST_UNDER_WAY; i++) {
            inside.remove().succeeded();
        }

        assertThat(arrivals.window()).isEqualTo(Arrivals.MOST_UNDER_WAY / 2);
        assertThat(inside).hasSize(Arrivals.MOST_UNDER_WAY / 2);
    }

    @Test
    void theWindowHasALeastAndIsWideAgainWhenArrivalsAreQuick() {
        come(2000);
        for (int i = 0; i < 200; i++) {
            now += Arrivals.QUICK_MILLIS + 1;
            inside.remove().succeeded();
        }
        assertThat(arrivals.window()).isEqualTo(Arrivals.FEWEST_UNDER_WAY);

        for (int i = 0; i < 800; i++) {
            inside.remove().succeeded();
        }

        assertThat(arrivals.window()).isEqualTo(Arrivals.MOST_UNDER_WAY);
    }

    @Test
    void whoseOwnerDoesNotAnswerKeepsNobodyElseOut() {
        come(Arrivals.MOST_UNDER_WAY + 5);
        List<Arrivals.Arrival> hanging = new ArrayList<>(inside);
        assertThat(order).hasSize(Arrivals.MOST_UNDER_WAY);

        now += Arrivals.HELD_MILLIS + Wheel.TICK_MILLIS;
        wheel.turn(now);

        assertThat(order).hasSize(Arrivals.MOST_UNDER_WAY + 5);
        hanging.forEach(Arrivals.Arrival::ended);
        come(100);
        assertThat(order).hasSize(2 * Arrivals.MOST_UNDER_WAY);
    }

    @Test
    void thousandsThatAreGoneByTheirTurnLeaveAtOnce() {
        come(Arrivals.MOST_UNDER_WAY);
        for (int i = 0; i < 100_000; i++) {
            arrivals.enter(Arrivals.Arrival::ended);
        }

        inside.remove().succeeded();
        come(1);

        assertThat(order).hasSize(Arrivals.MOST_UNDER_WAY + 1);
    }

    private void come(int count) {
        for (int i = 0; i < count; i++) {
            int number = order.size() + i;
            arrivals.enter(arrival -> {
                order.add(number);
                inside.add(arrival);
            });
        }
    }
}
