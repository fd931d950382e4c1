package dev.carillon.channel;

import static dev.carillon.channel.Sequence.Verdict.FINE;
import static dev.carillon.channel.Sequence.Verdict.FOREIGN;
import static dev.carillon.channel.Sequence.Verdict.HOLE;
import static dev.carillon.channel.Sequence.Verdict.LOST;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceTest {
    private final Sequence sequence = new Sequence();
    private final List<SharedEvent> ready = new ArrayList<>();

    @Test
    void nothingIsEmittedBeforeTheOwnerTellsWhereTheStreamStands() {
        assertThat(offer(3)).isEqualTo(FINE);
        assertThat(offer(4)).isEqualTo(FINE);
        assertThat(offsets()).isEmpty();

        assertThat(sequence.ownerSays(new StreamPosition("e", 3), ready)).isEqualTo(FINE);
        assertThat(offsets()).containsExactly(4L);
    }

    @Test
    void swappedPublicationsAreEmittedInOrder() {
        start(0);
        assertThat(offer(2)).isEqualTo(HOLE);
        assertThat(offer(3)).isEqualTo(HOLE);
        assertThat(offer(1)).isEqualTo(FINE);

        assertThat(offsets()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void beforeAnythingWasCountedTheFirstEpochIsTheOne() {
        assertThat(sequence.ownerSays(StreamPosition.NONE, ready)).isEqualTo(FINE);
        assertThat(offer(2)).isEqualTo(HOLE);
        assertThat(sequence.position()).isEqualTo(new StreamPosition("e", 0));
        assertThat(offer(1)).isEqualTo(FINE);

        assertThat(offsets()).containsExactly(1L, 2L);
    }

    @Test
    void itGoesOnFromTheOwnersWordOverAHoleThatStays() {
        start(2);
        offer(5);
        offer(9);
        sequence.resume(new StreamPosition("e", 7), null, List.of(event("e", 4), event("e", 5), event("e", 2)), ready);
        assertThat(offsets()).containsExactly(4L, 5L);
        assertThat(sequence.position()).isEqualTo(new StreamPosition("e", 7));
        assertThat(sequence.isBehind()).isTrue();

        assertThat(offer(8)).isEqualTo(FINE);
        assertThat(offsets()).containsExactly(4L, 5L, 8L, 9L);
    }

    @Test
    void theOwnersLateWordTakesNothingBack() {
        start(2);
        StreamPosition asked = sequence.position();
        offer(3);
        sequence.resume(new StreamPosition("e", 2), asked, List.of(), ready);

        assertThat(sequence.position()).isEqualTo(new StreamPosition("e", 3));
        assertThat(offer(3)).isEqualTo(FINE);
        assertThat(offsets()).containsExactly(3L);
    }

    @Test
    void anOwnerThatHasLessThanCameBeforeItWasAskedIsBelieved() {
        start(5);
        offer(7);
        sequence.resume(new StreamPosition("e", 3), sequence.position(), List.of(), ready);

        assertThat(sequence.position()).isEqualTo(new StreamPosition("e", 3));
        assertThat(sequence.isBehind()).isFalse();
        assertThat(offer(4)).isEqualTo(FINE);
        assertThat(offsets()).containsExactly(4L);
    }

    @Test
    void itGoesOnWithAnotherEpochWhereTheOwnerSaysSo() {
        start(5);
        offer(7);
        sequence.resume(
                new StreamPosition("new", 2), sequence.position(), List.of(event("new", 1), event("new", 2)), ready);

        assertThat(offsets()).containsExactly(1L, 2L);
        assertThat(sequence.isBehind()).isFalse();
        assertThat(sequence.offer(event("new", 3), ready)).isEqualTo(FINE);
        assertThat(sequence.held()).isZero();
    }

    @Test
    void aDoubleIsDropped() {
        start(0);
        offer(1);
        offer(1);
        offer(2);
        offer(1);

        assertThat(offsets()).containsExactly(1L, 2L);
    }

    @Test
    void onlyTheOwnerCanTellWhichOfTwoEpochsIsOver() {
        start(5);

        assertThat(sequence.offer(event("other", 1), ready)).isEqualTo(FOREIGN);
        assertThat(sequence.ownerSays(new StreamPosition("e", 5), ready)).isEqualTo(FINE);
        assertThat(sequence.ownerSays(new StreamPosition("other", 0), ready)).isEqualTo(LOST);
    }

    @Test
    void whatCameOfAnotherEpochBeforeTheOwnersFirstWordIsDroppedAndAskedAbout() {
        sequence.offer(event("old", 1), ready);
        offer(2);

        assertThat(sequence.ownerSays(new StreamPosition("e", 1), ready)).isEqualTo(FOREIGN);
        assertThat(offsets()).containsExactly(2L);
    }

    @Test
    void whatTheOwnerHasAndThatDidNotComeIsAHoleUntilItComes() {
        start(3);
        assertThat(sequence.ownerHas(5)).isEqualTo(HOLE);
        assertThat(sequence.isBehind()).isTrue();
        offer(4);
        assertThat(sequence.isBehind()).isTrue();
        offer(5);

        assertThat(sequence.isBehind()).isFalse();
        assertThat(sequence.ownerHas(4)).as("heard late").isEqualTo(FINE);
    }

    @Test
    void theNewestKnownOffsetIsTheOwnersOrOneThatIsHeld() {
        start(1);
        sequence.ownerHas(3);
        assertThat(sequence.newest()).isEqualTo(3);
        offer(7);

        assertThat(sequence.newest()).isEqualTo(7);
        assertThat(sequence.held()).isEqualTo(1);
    }

    @Test
    void moreBytesAheadThanTheBoundMeanThatTheStreamIsLost() {
        start(0);
        byte[] megabyte = new byte[1024 * 1024];
        Sequence.Verdict verdict = HOLE;
        long offset = 2;
        while (verdict == HOLE) {
            verdict = sequence.offer(
                    new SharedEvent(new Publication(
                            new ChannelName("feed"),
                            new StreamPosition("e", offset++),
                            Payload.binary(new byte[0], megabyte),
                            null,
                            0)),
                    ready);
        }

        assertThat(verdict).isEqualTo(LOST);
        assertThat(sequence.held())
                .isEqualTo((int) (Sequence.MAX_AHEAD_BYTES / (Sequence.EVENT_BYTES + megabyte.length)));
    }

    @Test
    void tensOfThousandsOfSmallOnesMayBeAheadAndNotOneMoreThanTheirBytesAllow() {
        start(0);
        // Payload.NULL is "null".
        long bound = Sequence.MAX_AHEAD_BYTES / (Sequence.EVENT_BYTES + Payload.NULL.size());
        assertThat(bound).isGreaterThan(50_000);
        for (int i = 0; i < bound; i++) {
            assertThat(offer(i + 2)).isEqualTo(HOLE);
        }

        assertThat(offer(bound + 2)).isEqualTo(LOST);
    }

    private void start(long offset) {
        assertThat(sequence.ownerSays(new StreamPosition("e", offset), ready)).isEqualTo(FINE);
    }

    private Sequence.Verdict offer(long offset) {
        return sequence.offer(event("e", offset), ready);
    }

    private List<Long> offsets() {
        return ready.stream().map(e -> ((Publication) e.event()).offset()).toList();
    }

    private static SharedEvent event(String epoch, long offset) {
        return new SharedEvent(
                new Publication(new ChannelName("feed"), new StreamPosition(epoch, offset), Payload.NULL, null, 0));
    }
}
