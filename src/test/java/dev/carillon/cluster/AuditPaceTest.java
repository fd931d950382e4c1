package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditPaceTest {
    private final AuditPace pace = new AuditPace();
    private long closings;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "4, 2", "8, 4", "100, 50"})
    void aNodeOfManyAuditsAtOneLookInHalfAsMany(int count, int every) {
        Set<String> nodes = nodes(count);
        calm(nodes);
        closings++;

        assertThat(looks(nodes, 3 * every)).isEqualTo(("-".repeat(every - 1) + "a").repeat(3));
        pace.unsettle();
        assertThat(looks(nodes, 3 * every))
                .as("something was found")
                .isEqualTo(("-".repeat(every - 1) + "a").repeat(3));
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "3, 10", "4, 20", "8, 40", "20, 40", "100, 50"})
    void itAuditsHardlyEverOnceNoSessionEnds(int count, int every) {
        Set<String> nodes = nodes(count);
        calm(nodes);

        assertThat(looks(nodes, 2 * every)).isEqualTo(("-".repeat(every - 1) + "a").repeat(2));
    }

    @Test
    void aSessionThatEndsAfterManyLooksIsAuditedAtOnce() {
        calm(nodes(3));
        looks(nodes(3), 5);
        closings++;

        assertThat(looks(nodes(3), 5)).isEqualTo("aaa--");
    }

    @Test
    void itAuditsAtEveryLookForAWhileWhenNodesHaveComeOrGone() {
        calm(nodes(8));

        assertThat(looks(nodes(9), 7)).isEqualTo("aaa----");
        assertThat(looks(nodes(8), 7)).isEqualTo("aaa----");
        Set<String> another = Set.of("a", "b", "c", "d", "e", "f", "g", "h");
        assertThat(looks(another, 7)).as("as many, but not the same").isEqualTo("aaa----");
    }

    @Test
    void itAuditsAtEveryLookForAWhileWhenSomethingWasAssertedAgain() {
        calm(nodes(8));
        looks(nodes(8), 2);

        pace.hurry();

        assertThat(looks(nodes(8), 7)).isEqualTo("aaa----");
    }

    private void calm(Set<String> nodes) {
        assertThat(looks(nodes, AuditPace.AUDITS)).isEqualTo("aaa");
    }

    private String looks(Set<String> nodes, int count) {
        return IntStream.range(0, count)
                .mapToObj(look -> pace.isDue(nodes, closings) ? "a" : "-")
                .collect(Collectors.joining());
    }

    private static Set<String> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> "node-" + i).collect(Collectors.toSet());
    }
}
