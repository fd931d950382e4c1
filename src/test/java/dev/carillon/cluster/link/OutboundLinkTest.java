package dev.carillon.cluster.link;

import static dev.carillon.cluster.link.OutboundLink.Added.DROPPED;
import static dev.carillon.cluster.link.OutboundLink.Added.FIRST;
import static dev.carillon.cluster.link.OutboundLink.Added.MORE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.cluster.link.InboundLink.Heard;
import dev.carillon.cluster.owner.Packer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OutboundLinkTest {
    private static final Heard NOTHING = new Heard(0, 0);
    private static final long MAX_BYTES = 4_000;

    private long queued;
    private int dropped;

    private static final RoundTrip.Stamp STAMP = new RoundTrip.Stamp(1_000_000, 900, 20);

    private final OutboundLink link = new OutboundLink("me", 7, MAX_BYTES, new LinkListener() {
        @Override
        public void queued(long bytes) {
            queued += bytes;
        }

        @Override
        public void dropped(int events) {
            dropped += events;
        }
    });

    @Test
    void whatIsAddedBeforeItIsTakenTravelsTogetherInOrder() {
        assertThat(link.add(packed(1, 10), 1)).isEqualTo(FIRST);
        assertThat(link.add(packed(2, 10), 1)).isEqualTo(MORE);
        LinkMessage.Events message = takeEvents();

        assertThat(message.sender()).isEqualTo("me");
        assertThat(message.incarnation()).isEqualTo(7);
        assertThat(message.number()).isEqualTo(1);
        assertThat(message.unpack())
                .extracting(event -> ((Publication) event).offset())
                .containsExactly(1L, 2L);
        assertThat(link.take()).isNull();
    }

    @Test
    void messagesAreNumberedWithoutAHoleAndABeatTellsTheLast() {
        for (int number = 1; number <= 3; number++) {
            assertThat(link.add(packed(number, 10), 1)).isEqualTo(FIRST);
            assertThat(takeEvents().number()).isEqualTo(number);
        }

        assertThat(beat(new Heard(9, 4))).isEqualTo(new LinkMessage.Beat("me", 7, 3, 9, 4, STAMP));
    }

    @Test
    void aBeatDoesNotTellOfWhatHasNotBeenSent() {
        link.add(packed(1, 10), 1);

        assertThat(beat(NOTHING).last()).isZero();
    }

    @Test
    void beyondTheBoundEventsAreDroppedAndTheNextNumberShowsIt() {
        assertThat(link.add(packed(1, 3_000), 1)).isEqualTo(FIRST);
        takeEvents();
        assertThat(link.add(packed(2, 1_000), 5)).isEqualTo(DROPPED);
        assertThat(dropped).isEqualTo(5);
        assertThat(link.queuedBytes()).isEqualTo(queued).isBetween(3_000L, MAX_BYTES);

        link.acknowledged(new Heard(7, 1));
        assertThat(queued).isZero();
        assertThat(link.add(packed(3, 1_000), 1)).isEqualTo(FIRST);
        assertThat(takeEvents().number()).as("2 is left out").isEqualTo(3);
    }

    @Test
    void whatWasDroppedLastIsShownByTheNextBeat() {
        link.add(packed(1, 3_000), 1);
        takeEvents();
        link.add(packed(2, 1_000), 1);

        assertThat(beat(NOTHING).last()).isEqualTo(2);
        assertThat(beat(NOTHING).last()).as("once").isEqualTo(2);
        link.acknowledged(new Heard(7, 2));
        link.add(packed(3, 10), 1);
        assertThat(takeEvents().number()).isEqualTo(3);
    }

    @Test
    void aLinkWithNothingQueuedTakesAMessageLargerThanTheBound() {
        assertThat(link.add(packed(1, 10_000), 1)).isEqualTo(FIRST);
        assertThat(link.add(packed(2, 10), 1)).isEqualTo(DROPPED);
        takeEvents();
        link.acknowledged(new Heard(7, 1));

        assertThat(link.add(packed(3, 10_000), 1)).isEqualTo(FIRST);
    }

    @Test
    void manySmallMessagesCountWithWhatTheyCostBesideTheirBytes() {
        int sent = 0;
        while (link.add(packed(1, 1), 1) == FIRST) {
            takeEvents();
            sent++;
        }

        assertThat(sent).isLessThanOrEqualTo((int) (MAX_BYTES / OutboundLink.MESSAGE_COST));
    }

    @Test
    void onlyAnAcknowledgementOfThisIncarnationCounts() {
        link.add(packed(1, 100), 1);
        takeEvents();
        long before = queued;
        link.acknowledged(new Heard(6, 50));
        assertThat(queued).isEqualTo(before);

        link.acknowledged(new Heard(7, 50));
        assertThat(queued).isZero();
    }

    @Test
    void aClosedLinkKeepsNothingAndTakesNothing() {
        link.add(packed(1, 100), 1);
        takeEvents();
        link.add(packed(2, 100), 1);
        link.close();

        assertThat(queued).isZero();
        assertThat(link.take()).isNull();
        assertThat(link.add(packed(3, 100), 1)).isEqualTo(DROPPED);
        assertThat(queued).isZero();
    }

    private LinkMessage.Events takeEvents() {
        return (LinkMessage.Events) LinkMessage.read(Objects.requireNonNull(link.take()));
    }

    private LinkMessage.Beat beat(Heard heard) {
        return (LinkMessage.Beat) LinkMessage.read(link.beat(heard, STAMP));
    }

    private static byte[] packed(long offset, int bytes) {
        return new Packer(64)
                .event(new Publication(
                        new ChannelName("feed"),
                        new StreamPosition("e", offset),
                        Payload.binary(new byte[0], new byte[bytes]),
                        null,
                        0))
                .toBytes();
    }
}
