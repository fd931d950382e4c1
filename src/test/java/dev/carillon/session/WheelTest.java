package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WheelTest {
    private final Wheel wheel = new Wheel(0);
    private final List<String> called = new ArrayList<>();

    @Test
    void somethingIsCalledOnceItsTimeHasComeAndNotBefore() {
        wheel.schedule(once("a"), 1_000);
        wheel.turn(950);
        assertThat(called).isEmpty();

        wheel.turn(1_000);
        wheel.turn(5_000);
        assertThat(called).containsExactly("a");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatIsFartherThanOnceRoundTheWheelWaitsForItsOwnRound() {
        long far = 3 * 1024 * Wheel.TICK_MILLIS;
        wheel.schedule(once("far"), far);
        for (long now = 0; now < far; now += Wheel.TICK_MILLIS) {
            wheel.turn(now);
        }
        assertThat(called).isEmpty();

        wheel.turn(far);
        assertThat(called).containsExactly("far");
    }

    @Test
    void whatWasCancelledIsNotCalled() {
        Wheel.Timed a = once("a");
        wheel.schedule(a, 100);
        wheel.cancel(a);
        wheel.cancel(a);
        wheel.turn(1_000);

        assertThat(called).isEmpty();
    }

    @Test
    void aLaterScheduleTakesThePlaceOfTheEarlierOne() {
        Wheel.Timed a = once("a");
        wheel.schedule(a, 100);
        wheel.schedule(a, 500);
        wheel.turn(400);
        assertThat(called).isEmpty();
        wheel.turn(500);

        assertThat(called).containsExactly("a");
    }

    @Test
    void somethingMayComeAgain() {
        wheel.schedule(
                new Wheel.Timed() {
                    @Override
                    protected long due(long now) {
                        called.add(String.valueOf(now));
                        return now < 300 ? now + 100 : -1;
                    }
                },
                100);
        for (long now = 0; now <= 1_000; now += 50) {
            wheel.turn(now);
        }

        assertThat(called).containsExactly("100", "200", "300");
    }

    @Test
    void oneThatIsCalledMayCancelAnotherOfTheSameMoment() {
        Wheel.Timed[] pair = new Wheel.Timed[2];
        for (int i = 0; i < 2; i++) {
            int other = 1 - i;
            pair[i] = new Wheel.Timed() {
                @Override
                protected long due(long now) {
                    called.add("one");
                    wheel.cancel(pair[other]);
                    return -1;
                }
            };
        }
        wheel.schedule(pair[0], 100);
        wheel.schedule(pair[1], 100);
        wheel.turn(100);

        assertThat(called).hasSize(1);
    }

    @Test
    void afterALongStopEverythingThatIsDueIsCalledOnce() {
        for (int i = 1; i <= 100; i++) {
            wheel.schedule(once("s" + i), i * 1_000L);
        }
        wheel.turn(1_000_000);

        assertThat(called).hasSize(100).doesNotHaveDuplicates();
    }

    private Wheel.Timed once(String name) {
        return new Wheel.Timed() {
            @Override
            protected long due(long now) {
                called.add(name);
                return -1;
            }
        };
    }
}
