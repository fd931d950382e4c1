package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cluster.DepartedNodes.Departed;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DepartedNodesTest {
    private static final Departed A = new Departed("a", 1);
    private static final Departed B = new Departed("b", 1);

    private final DepartedNodes nodes = new DepartedNodes();

    @Test
    void everyDepartureIsCleanedOnceIfItSucceeds() {
        nodes.left(A, 0);
        nodes.left(B, 0);
        nodes.left(A, 1);

        assertThat(nodes.next(2)).contains(A);
        assertThat(nodes.next(2)).contains(B);
        assertThat(nodes.next(2)).isEmpty();
        nodes.done(A);
        nodes.done(B);
        assertThat(nodes.next(1_000)).isEmpty();
        assertThat(nodes.waitMillis(1_000)).isEmpty();
    }

    @Test
    void aFailedCleanUpIsBegunAgainWithGrowingPauses() {
        nodes.left(A, 0);
        long now = 0;
        long[] pauses = new long[8];
        for (int i = 0; i < pauses.length; i++) {
            assertThat(nodes.next(now)).contains(A);
            nodes.failed(A, now);
            assertThat(nodes.next(now)).isEmpty();
            pauses[i] = nodes.waitMillis(now).orElseThrow();
            now += pauses[i];
        }
        assertThat(pauses).containsExactly(500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000);
    }

    @Test
    void whoCouldNotBeCleanedUpAfterIsNotForgotten() {
        nodes.left(A, 0);
        nodes.left(B, 0);
        assertThat(nodes.next(0)).contains(A);
        nodes.failed(A, 0);

        long later = DepartedNodes.MEMORY_MILLIS + 1;
        assertThat(nodes.next(later)).contains(A);
        assertThat(nodes.next(later)).as("another node's, long ago").isEmpty();
        nodes.done(A);
        nodes.left(new Departed("c", 1), later);
        assertThat(nodes.size()).isEqualTo(1);
    }

    @Test
    void whoIsBackIsTakenOffAndMayDepartAgain() {
        nodes.left(A, 0);
        assertThat(nodes.next(0)).contains(A);
        assertThat(nodes.back("a")).isTrue();
        assertThat(nodes.back("a")).isFalse();
        nodes.failed(A, 1);
        assertThat(nodes.waitMillis(60_000)).isEqualTo(OptionalLong.empty());

        Departed again = new Departed("a", 2);
        nodes.left(again, 2);
        nodes.done(A);
        assertThat(nodes.next(2))
                .as("the end of the first clean-up is not that of the second")
                .contains(again);
    }

    @Test
    void aStrangerFoundAtAnOwnerDoesNotHideTheDeparture() {
        nodes.left(A, 0);
        nodes.left(new Departed("a", 0), 1);
        nodes.left(new Departed("x", 0), 1);

        assertThat(nodes.next(2)).contains(A);
        assertThat(nodes.next(2)).contains(new Departed("x", 0));
    }

    @Test
    void theMemoryIsBounded() {
        for (int i = 0; i < 3 * DepartedNodes.MAX; i++) {
            nodes.left(new Departed("n" + i, 1), i);
        }
        assertThat(nodes.size()).isEqualTo(DepartedNodes.MAX);
    }
}
