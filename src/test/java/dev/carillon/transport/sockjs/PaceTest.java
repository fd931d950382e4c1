package dev.carillon.transport.sockjs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Pace pace = new Pace(10, nanos::get);

    @Test
    void twoSecondsWorthPassAtOnceThenOneIsRefused() {
        expect(20, Pace.Verdict.PASS);
        expect(1, Pace.Verdict.REFUSE);
    }

    @Test
    void aSecondBringsASecondsWorthBackAndNeverMoreThanTwo() {
        expect(20, Pace.Verdict.PASS);
        nanos.addAndGet(1_000_000_000L);
        expect(10, Pace.Verdict.PASS);
        expect(1, Pace.Verdict.REFUSE);
        nanos.addAndGet(60_000_000_000L);
        expect(20, Pace.Verdict.PASS);
        expect(1, Pace.Verdict.REFUSE);
    }

    @Test
    void whoGoesOnAfterASecondsWorthOfRefusalsIsEnded() {
        expect(20, Pace.Verdict.PASS);
        expect(10, Pace.Verdict.REFUSE);
        expect(1, Pace.Verdict.END);
    }

    @Test
    void aFloodEndsAlthoughAFewPassInBetween() {
        expect(20, Pace.Verdict.PASS);
        int ended = 0;
        for (int i = 0; i < 200 && ended == 0; i++) {
            nanos.addAndGet(10_000_000L);
            ended = pace.next() == Pace.Verdict.END ? i : 0;
        }
        assertThat(ended).isPositive();
    }

    private void expect(int times, Pace.Verdict verdict) {
        for (int i = 0; i < times; i++) {
            assertThat(pace.next()).isEqualTo(verdict);
        }
    }
}
