package dev.carillon.channel.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChannelStreamTest {
    private static final Retention KEEP_THREE = new Retention(3, 1_000, 500);

    private final ChannelStream stream = new ChannelStream(new ChannelName("feed"), "e1");

    @Test
    void offsetsBeginAtOneAndHaveNoHoles() {
        assertThat(List.of(append("a", null, 0), append("b", null, 0), append("c", null, 0)))
                .extracting(ack -> ack.position().offset())
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void aRetryWithTheSameKeyGetsTheFirstOffsetAndIsNotAppended() {
        Ack first = append("a", "k", 0);
        append("b", "other", 0);
        Ack retry = append("a", "k", 0);

        assertThat(retry).isEqualTo(new Ack(first.position(), true));
        assertThat(stream.position().offset()).isEqualTo(2);
    }

    @Test
    void theSameKeyOfAnotherUserIsAnotherKey() {
        append("a", "k", 0);
        Ack other = stream.append(new Draft(Payload.json("1"), "bob", "k", 0), KEEP_THREE);

        assertThat(other.duplicate()).isFalse();
    }

    @Test
    void aKeyIsForgottenAfterItsTime() {
        append("a", "k", 0);

        assertThat(append("a", "k", 501).duplicate()).isFalse();
    }

    @Test
    void noMoreKeysAreRememberedThanTheBound() {
        for (int i = 0; i <= ChannelStream.MAX_KEYS; i++) {
            append("a", "k" + i, 0);
        }

        assertThat(stream.keys()).hasSize(ChannelStream.MAX_KEYS).doesNotContainKey("alice\0k0");
        assertThat(append("a", "k1", 0).duplicate()).isTrue();
    }

    @Test
    void aSubscriberGetsExactlyWhatItMissed() {
        fill(5);

        Recovery recovery = recover(new StreamPosition("e1", 3), 10, 0);

        assertThat(recovery.recovered()).isTrue();
        assertThat(recovery.missed()).extracting(Publication::offset).containsExactly(4L, 5L);
        assertThat(recovery.position()).isEqualTo(new StreamPosition("e1", 5));
    }

    @Test
    void aSubscriberThatMissedNothingIsRecoveredWithNothing() {
        fill(5);

        Recovery recovery = recover(new StreamPosition("e1", 5), 10, 0);

        assertThat(recovery.recovered()).isTrue();
        assertThat(recovery.missed()).isEmpty();
    }

    @Test
    void nothingIsRecoveredInPart() {
        fill(5);

        assertThat(recover(new StreamPosition("e1", 1), 10, 0).recovered())
                .as("no longer held")
                .isFalse();
        assertThat(recover(new StreamPosition("e1", 2), 2, 0).recovered())
                .as("over the limit")
                .isFalse();
        assertThat(recover(new StreamPosition("e0", 4), 10, 0).recovered())
                .as("another epoch")
                .isFalse();
        assertThat(recover(new StreamPosition("e1", 6), 10, 0).recovered())
                .as("ahead of the stream")
                .isFalse();
        assertThat(recover(null, 10, 0).recovered()).as("nothing asked for").isFalse();
    }

    @Test
    void whatIsOlderThanItsTimeIsNotRecovered() {
        fill(2);

        assertThat(recover(new StreamPosition("e1", 0), 10, 1_000).recovered()).isTrue();
        assertThat(recover(new StreamPosition("e1", 0), 10, 1_001).recovered()).isFalse();
        assertThat(recover(new StreamPosition("e1", 2), 10, 1_001).recovered()).isTrue();
    }

    @Test
    void whatIsBeforeAHoleIsNotTakenOver() {
        fill(3);
        List<Publication> kept = stream.kept();
        List<Publication> withAHole = List.of(kept.get(0), kept.get(2));

        assertThat(new ChannelStream(stream.channel(), "e1", 3, withAHole, Map.of()).kept())
                .extracting(Publication::offset)
                .containsExactly(3L);
        assertThat(new ChannelStream(stream.channel(), "e1", 4, kept, Map.of()).kept())
                .as("the newest is not there")
                .isEmpty();
    }

    @Test
    void aHistoryThatWasOffForATimeHasNoHole() {
        fill(2);
        stream.append(new Draft(Payload.json("1"), null, null, 0), new Retention(0, 1_000, 500));
        append("after", null, 0);

        assertThat(recover(new StreamPosition("e1", 2), 10, 0).recovered()).isFalse();
        assertThat(recover(new StreamPosition("e1", 3), 10, 0).missed())
                .extracting(Publication::offset)
                .containsExactly(4L);
    }

    @Test
    void aPageGoesForwardFromAPositionOrBackFromTheEnd() {
        fill(3);

        assertThat(page(null, 2, false)).containsExactly(1L, 2L);
        assertThat(page(new StreamPosition("e1", 1), 10, false)).containsExactly(2L, 3L);
        assertThat(page(null, 2, true)).containsExactly(3L, 2L);
        assertThat(page(new StreamPosition("e1", 3), 10, true)).isEmpty();
    }

    @Test
    void aPageAfterAPositionNoLongerHeldSaysThatItHasAHole() {
        fill(5);

        assertThat(stream.page(new StreamPosition("e1", 1), 10, false, KEEP_THREE, 0)
                        .complete())
                .isFalse();
        assertThat(stream.page(new StreamPosition("e0", 4), 10, false, KEEP_THREE, 0)
                        .complete())
                .isFalse();
        assertThat(stream.page(new StreamPosition("e1", 2), 10, false, KEEP_THREE, 0)
                        .complete())
                .isTrue();
    }

    @Test
    void aStreamMadeAgainFromItsPartsGoesOnAsTheOldOne() {
        fill(4);
        append("x", "k", 0);
        ChannelStream again =
                new ChannelStream(stream.channel(), "e1", stream.position().offset(), stream.kept(), stream.keys());

        assertThat(again.append(new Draft(Payload.json("1"), "alice", "k", 0), KEEP_THREE)
                        .duplicate())
                .isTrue();
        assertThat(again.append(new Draft(Payload.json("1"), null, null, 0), KEEP_THREE)
                        .position()
                        .offset())
                .isEqualTo(6);
        assertThat(again.kept()).extracting(Publication::offset).containsExactly(4L, 5L, 6L);
    }

    @Test
    void aSweepForgetsAKeyOnlyOnceItsTimeIsOver() {
        append("a", "k", 0);

        assertThat(stream.expire(KEEP_THREE, 400)).isFalse();
        assertThat(append("a", "k", 450).duplicate()).isTrue();
        assertThat(stream.expire(KEEP_THREE, 2_000)).isTrue();
        assertThat(append("a", "k", 2_001).duplicate()).isFalse();
        assertThat(append("a", "k", 2_002).duplicate()).isTrue();
    }

    private Ack append(String text, @Nullable String key, long at) {
        return stream.append(new Draft(Payload.json('"' + text + '"'), "alice", key, at), KEEP_THREE);
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            append("m" + i, null, 0);
        }
    }

    private Recovery recover(@Nullable StreamPosition since, int limit, long now) {
        return stream.recover(since, limit, KEEP_THREE, now);
    }

    private List<Long> page(@Nullable StreamPosition since, int limit, boolean reverse) {
        return stream.page(since, limit, reverse, KEEP_THREE, 0).publications().stream()
                .map(Publication::offset)
                .toList();
    }
}
