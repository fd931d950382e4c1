package dev.carillon.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.cluster.owner.Format;
import dev.carillon.cluster.owner.Packer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node and one of the version before say to one another. */
class LinkFormatTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** As nodes sent them that knew no later format: from n1, incarnation 3. */
    private static final String BEAT = "02026e310302050908";

    private static final String GOODBYE = "02026e310303";
    private static final String PUBLICATION =
            "02026e3103010c" + "0106666565643a610265310700027b7d0105616c69636580a0f1c2b134";

    @AfterEach
    void writeTheLatestAgain() {
        Format.write(Format.LATEST);
    }

    @Test
    void itsBeatsAreUnderstood() {
        assertThat(read(BEAT)).isEqualTo(new LinkMessage.Beat("n1", 3, 5, 9, 8, RoundTrip.Stamp.NONE));
        assertThat(read(GOODBYE)).isEqualTo(new LinkMessage.Goodbye("n1", 3));
    }

    @Test
    void itsPublicationsAreUnderstood() {
        assertThat(read(PUBLICATION)).isInstanceOfSatisfying(LinkMessage.Events.class, events -> {
            assertThat(events.number()).isEqualTo(12);
            assertThat(events.unpack()).containsExactly(publication(null));
        });
    }

    @Test
    void itUnderstandsBeats() {
        Format.write(Format.BEFORE);

        // It reads nothing after the numbers that it knows.
        assertThat(hex(new LinkMessage.Beat("n1", 3, 5, 9, 8, new RoundTrip.Stamp(7, 6, 5)).toBytes()))
                .startsWith(BEAT);
        assertThat(hex(new LinkMessage.Goodbye("n1", 3).toBytes())).isEqualTo(GOODBYE);
    }

    @Test
    void itUnderstandsPublicationsAndGetsNoTraces() {
        Format.write(Format.BEFORE);

        Packer packer = LinkMessage.events("n1", 3, 12).event(publication(TRACE));

        assertThat(hex(packer.toBytes())).isEqualTo(PUBLICATION);
    }

    @Test
    void whatWasPackedBeforeTheFormatRoseIsReadInTheLatest() {
        Format.write(Format.BEFORE);
        byte[] packed = new Packer(64).event(publication(TRACE)).toBytes();
        Format.write(Format.LATEST);

        byte[] message = LinkMessage.events("n1", 3, 12)
                .raw(packed)
                .event(publication(TRACE))
                .toBytes();

        assertThat(LinkMessage.read(message))
                .isInstanceOfSatisfying(
                        LinkMessage.Events.class,
                        events -> assertThat(events.unpack()).containsExactly(publication(null), publication(TRACE)));
    }

    private static Publication publication(String traceparent) {
        return new Publication(
                new ChannelName("feed:a"),
                new StreamPosition("e1", 7),
                Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
                "alice",
                1_800_000_000_000L,
                traceparent);
    }

    private static LinkMessage read(String hex) {
        return LinkMessage.read(HexFormat.of().parseHex(hex));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
