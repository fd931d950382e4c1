package dev.carillon.cluster;

import static dev.carillon.cluster.Electorate.Verdict.HOLDS;
import static dev.carillon.cluster.Electorate.Verdict.LOST;
import static dev.carillon.cluster.Electorate.Verdict.SETTLING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cluster.Electorate.Verdict;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ElectorateTest {
    private final Electorate electorate = new Electorate(0);
    private long now = 1_000_000;

    @Test
    void oneNodeOrTwoThatNeverWereMoreAreAlwaysEnough() {
        assertThat(see("a")).isEqualTo(HOLDS);
        assertThat(see("a b")).isEqualTo(HOLDS);
        assertThat(see("a")).isEqualTo(HOLDS);
    }

    @Test
    void oneOfThreeMayBeLostAndTwoMayNot() {
        see("a b c");
        assertThat(see("a b")).as("the other may be about to be missed as well").isEqualTo(SETTLING);
        assertThat(after(Electorate.SETTLE_MILLIS)).isEqualTo(HOLDS);
        assertThat(see("a")).isEqualTo(LOST);
        assertThat(after(60_000)).as("a minority forgets nobody").isEqualTo(LOST);
        assertThat(electorate.missing()).containsExactly("b", "c");
    }

    @Test
    void aMinorityThatNoticesItsLossesOneByOneNeverHolds() {
        see("a b c d e");
        for (String left : new String[] {"a b c d", "a b c", "a b"}) {
            assertThat(see(left)).isNotEqualTo(HOLDS);
            assertThat(after(Electorate.SETTLE_MILLIS - 1)).isNotEqualTo(HOLDS);
        }
        assertThat(after(1)).isEqualTo(LOST);
    }

    @Test
    void ofFourTwoAreNoMajority() {
        see("a b c d");
        see("a b");
        assertThat(after(Electorate.SETTLE_MILLIS)).isEqualTo(LOST);
    }

    @Test
    void survivorsForgetTheLostAfterAWhileWithoutAnotherLoss() {
        see("a b c d e");
        see("a b c d");
        watchFor(Electorate.FORGET_MILLIS - 1_000);
        see("a b c");
        watchFor(Electorate.FORGET_MILLIS - 1_000);
        assertThat(electorate.size()).as("the second loss began the time anew").isEqualTo(5);
        watchFor(1_000);
        assertThat(electorate.size()).isEqualTo(3);

        see("a b");
        watchFor(Electorate.FORGET_MILLIS);
        assertThat(electorate.size()).isEqualTo(2);
        assertThat(see("a"))
                .as("two that crashes left of three need each other")
                .isEqualTo(LOST);
    }

    @Test
    void timeThatWasSleptThroughProvesNothing() {
        see("a b c");
        see("a b");
        now += 60_000;
        assertThat(see("a b")).as("the rest of the settling is still to come").isEqualTo(SETTLING);
        assertThat(electorate.size()).isEqualTo(3);
        assertThat(see("a")).isEqualTo(LOST);
    }

    @Test
    void whoSaysGoodbyeIsNotMissed() {
        see("a b c");
        electorate.leaves("c");
        assertThat(electorate.verdict(now)).isEqualTo(HOLDS);
        assertThat(see("a b c")).as("still there, but not counted").isEqualTo(HOLDS);
        assertThat(electorate.size()).isEqualTo(2);
        assertThat(see("a b")).as("no loss").isEqualTo(HOLDS);
        assertThat(see("a")).as("two nodes have no majority to lose").isEqualTo(HOLDS);
    }

    @Test
    void aGoodbyeAfterACrashDoesNotEndTheProtection() {
        see("a b c");
        see("a b");
        electorate.leaves("b");
        assertThat(see("a")).as("c may be alive somewhere").isEqualTo(LOST);
    }

    @Test
    void oneThatReturnsIsInAgain() {
        see("a b c");
        see("a");
        assertThat(see("a b")).isEqualTo(SETTLING);
        assertThat(after(Electorate.SETTLE_MILLIS)).isEqualTo(HOLDS);
        assertThat(electorate.size()).isEqualTo(3);
    }

    @Test
    void aNewNodeAtTheAddressOfALostOneTakesItsPlace() {
        see("a b c");
        see("a");
        electorate.see(Map.of("a", "a", "d", "b"), now);
        assertThat(electorate.missing()).containsExactly("c");
        assertThat(electorate.size()).isEqualTo(3);
        now += Electorate.SETTLE_MILLIS;
        assertThat(electorate.verdict(now)).isEqualTo(HOLDS);
    }

    @Test
    void aNewNodeElsewhereCountsBesideTheLost() {
        see("a b c");
        see("a");
        assertThat(see("a d")).as("2 of 4").isEqualTo(LOST);
        see("a d e");
        assertThat(after(Electorate.SETTLE_MILLIS)).as("3 of 5").isEqualTo(HOLDS);
    }

    @Test
    void aFixedQuorumIsWhatItSays() {
        Electorate fixed = new Electorate(2);
        fixed.see(nodes("a"), now);
        assertThat(fixed.verdict(now)).isEqualTo(LOST);
        fixed.see(nodes("a b"), now);
        assertThat(fixed.verdict(now)).isEqualTo(HOLDS);
        fixed.see(nodes("a b c d e"), now);
        fixed.see(nodes("a b"), now);
        assertThat(fixed.verdict(now)).isEqualTo(SETTLING);
        assertThat(fixed.verdict(now + Electorate.SETTLE_MILLIS)).isEqualTo(HOLDS);

        Electorate off = new Electorate(1);
        off.see(nodes("a b c"), now);
        off.see(nodes("a"), now);
        assertThat(off.verdict(now)).isEqualTo(HOLDS);
    }

    private Map<String, String> seen = Map.of();

    private Verdict see(String nodes) {
        seen = nodes(nodes);
        electorate.see(seen, now);
        return electorate.verdict(now);
    }

    private Verdict after(long millis) {
        now += millis;
        return electorate.verdict(now);
    }

    /** As a node does that looks from time to time. */
    private void watchFor(long millis) {
        for (long passed = 0; passed < millis; passed += 500) {
            now += Math.min(500, millis - passed);
            electorate.see(seen, now);
        }
    }

    private static Map<String, String> nodes(String ids) {
        return Arrays.stream(ids.split(" ")).collect(Collectors.toMap(Function.identity(), Function.identity()));
    }
}
