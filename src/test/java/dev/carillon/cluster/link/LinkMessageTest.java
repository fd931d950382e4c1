package dev.carillon.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.cluster.owner.Format;
import dev.carillon.cluster.owner.Packer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkMessageTest {
    private static final RoundTrip.Stamp STAMP = new RoundTrip.Stamp(1L << 40, 900, 20);

    /** A node whose start failed in the same process was the last to say in which format it writes. */
    @BeforeEach
    void writeTheLatest() {
        Format.write(Format.LATEST);
    }

    @Test
    void aBeatIsReadAsItWasWritten() {
        LinkMessage.Beat beat = new LinkMessage.Beat("n1", 3, 1L << 40, 9, 8, STAMP);

        assertThat(LinkMessage.read(beat.toBytes())).isEqualTo(beat);
    }

    @Test
    void aGoodbyeIsReadAsItWasWritten() {
        LinkMessage.Goodbye goodbye = new LinkMessage.Goodbye("n1", 3);

        assertThat(LinkMessage.read(goodbye.toBytes())).isEqualTo(goodbye);
    }

    @Test
    void aFormatOfAnotherVersionNamesItsSender() {
        byte[] later = new Packer(16)
                .number(LinkMessage.FORMAT + 1)
                .text("n1")
                .number(99)
                .toBytes();

        assertThat(LinkMessage.read(later)).isEqualTo(new LinkMessage.Unknown("n1", LinkMessage.FORMAT + 1));
    }

    @Test
    void theFirstFormatHadNoSender() {
        assertThat(LinkMessage.read(new Packer(16).number(1).number(1).toBytes()))
                .isEqualTo(new LinkMessage.Unknown("", 1));
    }

    @Test
    void whatIsCutShortIsNoMessage() {
        byte[] beat = new LinkMessage.Beat("n1", 3, 5, 9, 8, STAMP).toBytes();
        for (int length = 0; length < beat.length; length++) {
            byte[] cut = Arrays.copyOf(beat, length);
            assertThatIllegalArgumentException().isThrownBy(() -> LinkMessage.read(cut));
        }
    }
}
