package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.session.Shares.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final long RATE = 100;

    private long now = 5_000;
    private final Shares here = new Shares(() -> now);
    private final Shares there = new Shares(() -> now);

    @Test
    void aUserHasABurstOfTwoSecondsAndWaitsForItsDebt() {
        for (int i = 0; i < 2 * RATE; i++) {
            assertThat(spend(here, "ada")).isZero();
        }
        assertThat(spend(here, "ada")).isBetween(1L, 20L);
        assertThat(spend(here, "bob")).isZero();

        now += 100;

        assertThat(spend(here, "ada")).isZero();
    }

    @Test
    void onTwoNodesTogetherAUserHasWhatItHasOnOne() {
        int allowed = 0;
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < RATE; i++) {
                allowed += spend(here, "ada") == 0 ? 1 : 0;
                allowed += spend(there, "ada") == 0 ? 1 : 0;
            }
            now += 1000;
            Map<String, Long> told = here.toTell();
            here.usedElsewhere(there.toTell());
            there.usedElsewhere(told);
        }
        assertThat(allowed).isLessThan((int) (24 * RATE));
    }

    @Test
    void nobodyIsToldOfWhoIsQuietAndWhoIsGoneIsForgotten() {
        spend(here, "ada");
        assertThat(here.toTell()).isEmpty();
        for (int i = 0; i < RATE; i++) {
            spend(here, "ada");
        }
        assertThat(here.toTell()).hasSize(1);
        now += 10_000;
        assertThat(here.toTell()).isEmpty();

        here.usedElsewhere(Map.of("mada", 1_000L));

        assertThat(spend(here, "ada")).isZero();
    }

    @Test
    void usersAndChannelsOfOneNameAreTwo() {
        for (int i = 0; i < 3 * RATE; i++) {
            spend(here, "ada");
        }
        assertThat(here.spend(Kind.CHANNEL, "ada", 1, RATE)).isZero();
    }

    private static long spend(Shares shares, String user) {
        return shares.spend(Kind.USER_MESSAGES, user, 1, RATE);
    }
}
