package dev.carillon.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cluster.link.InboundLink.Heard;
import org.junit.jupiter.api.Test;

class InboundLinkTest {
    private final InboundLink link = new InboundLink(100);

    @Test
    void theFirstThatIsHeardCountsAsAHoleBecauseNobodyKnowsWhatCameBefore() {
        assertThat(received(3, 1)).isTrue();
        assertThat(received(3, 2)).isFalse();
        assertThat(link.heard()).isEqualTo(new Heard(3, 2));
    }

    @Test
    void aNumberThatIsPassedOverIsAHoleOnce() {
        begin();
        assertThat(received(3, 3)).isTrue();
        assertThat(received(3, 4)).isFalse();
        assertThat(received(3, 2)).as("late, by the connection before").isFalse();
        assertThat(link.heard()).isEqualTo(new Heard(3, 4));
    }

    @Test
    void aBeatShowsThatTheLastMessageDidNotCome() {
        begin();
        assertThat(beat(3, 1)).isFalse();
        assertThat(beat(3, 2)).isTrue();
        assertThat(beat(3, 2)).isFalse();
        assertThat(received(3, 3)).isFalse();
    }

    @Test
    void aNewIncarnationIsAHoleAndAnOldOneIsNotListenedTo() {
        begin();
        assertThat(beat(4, 0)).isTrue();
        assertThat(received(4, 1)).isFalse();
        assertThat(received(3, 2)).isFalse();
        assertThat(link.heard()).isEqualTo(new Heard(4, 1));
    }

    @Test
    void anAcknowledgementIsDueAfterEnoughBytesOfMessagesAndWhatTheyCost() {
        begin();
        assertThat(link.takeAcknowledgement()).isFalse();
        assertThat(link.received(3, 2, InboundLink.ACKNOWLEDGE_BYTES, 100)).isFalse();
        assertThat(link.takeAcknowledgement()).isTrue();
        assertThat(link.takeAcknowledgement()).as("given").isFalse();

        int small = InboundLink.ACKNOWLEDGE_BYTES / OutboundLink.MESSAGE_COST;
        for (int i = 0; i < small; i++) {
            received(3, 3 + i);
        }
        assertThat(link.takeAcknowledgement()).isTrue();
    }

    @Test
    void silenceCountsFromTheLastThatWasHeard() {
        assertThat(link.silentMillis(150)).isEqualTo(50);
        link.beat(3, 0, 200);

        assertThat(link.silentMillis(250)).isEqualTo(50);
    }

    @Test
    void whoSaidGoodbyeIsNotMissed() {
        link.goodbye();

        assertThat(link.silentMillis(100_000)).isZero();
    }

    private void begin() {
        assertThat(received(3, 1)).isTrue();
    }

    private boolean received(long incarnation, long number) {
        return link.received(incarnation, number, 10, 100);
    }

    private boolean beat(long incarnation, long last) {
        return link.beat(incarnation, last, 100);
    }
}
