package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.presence.ChannelPresence;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What owners keep and are asked, in the format before, in this one and in the next. */
class OwnerFormatTest {
    /** Where the head is: after what Hazelcast says of the class. */
    private static final int HEAD_AT = HeapData.DATA_OFFSET + 1 + 4 + 4;

    private final SerializationService serialization = new DefaultSerializationServiceBuilder().build();

    @AfterEach
    void writeTheLatestAgain() {
        Format.write(Format.LATEST);
    }

    /** With the bytes that the last version made of it which wrote format 2. */
    static Stream<Arguments> whatTravels() {
        Map.Entry<String, ChannelState> channel = new AbstractMap.SimpleEntry<>("feed", null);
        Append append = new Append(
                "n1/0",
                1,
                List.of(
                        new Draft(Payload.json(utf8("{}")), "alice", "key", 1_800_000_000_000L),
                        new Draft(Payload.binary(utf8("\"AQI=\""), new byte[] {1, 2}), null, null, 1_800_000_000_001L)),
                new Retention(5, 10_000, 5_000),
                "e1");
        append.process(channel);
        channel.getValue().revise(7); // Else it is random.
        UserSession session = new UserSession("s1", "n1", "phone", "websocket", 1_800_000_000_000L);
        UserEntry user = new UserEntry();
        user.connect(session, 7, "{}", 5, UserState.NOT_NUMBERED);
        Map.Entry<String, ChannelState> room = new AbstractMap.SimpleEntry<>("room", null);
        Join join = new Join(new Member("alice", "s1", "{}", 1_800_000_000_000L, "n1"), 7, "", false);
        join.process(room);
        new Join(new Member("bob", "s2", "{}", 1_800_000_000_001L, "n2"), 8, "", false).process(room);
        room.getValue().revise(7);
        StreamPosition here = new StreamPosition("e1", 3);
        return Stream.of(
                Arguments.of(
                        room.getValue(),
                        "00000000fffffffe0100001cfc00000001000000690781a0f1c2b1340000000104726f6f6d020205616c696365027331"
                                + "027b7d80a0f1c2b134026e310703626f62027332027b7d81a0f1c2b134026e320802010105616c6963650273"
                                + "31027b7d80a0f1c2b134026e31020103626f62027332027b7d81a0f1c2b134026e32"),
                Arguments.of(
                        join,
                        "00000000fffffffe0100001cfc000000070000001807000105616c696365027331027b7d80a0f1c2b134026e31"),
                Arguments.of(
                        new Subscribe(
                                "n1",
                                5,
                                here,
                                10,
                                new Retention(5, 10_000, 5_000),
                                "e2",
                                1_800_000_000_000L,
                                false,
                                null),
                        "00000000fffffffe0100001cfc0000000300000019026e31050a02653280a0f1c2b13401026531030105904e8827"),
                Arguments.of(
                        new CompareHeads("n1", List.of(new Standing(new ChannelName("feed"), 5, here, null))),
                        "00000000fffffffe0100001cfc000000160000000f026e31010466656564050102653103"),
                Arguments.of(
                        channel.getValue(),
                        "00000000fffffffe0100001cfc00000001000000610781a0f1c2b1340001046e312f300108026531020100020081a0f1"
                                + "c2b13401046665656402653102020100027b7d0105616c69636580a0f1c2b134020106224151493d220201020081a0f1"
                                + "c2b1340109616c696365006b65790180a0f1c2b13400"),
                Arguments.of(
                        append,
                        "00000000fffffffe0100001cfc0000000200000038046e312f30010200027b7d0105616c69636501036b657980a0f1c2"
                                + "b1340106224151493d22020102000081a0f1c2b13405904e8827026531"),
                Arguments.of(
                        user,
                        "00000000fffffffe0100001cfc0000000d0000002f0001027331026e310570686f6e6509776562736f636b657480a0"
                                + "f1c2b1340701027b7d80a0f1c2b134010002733101"),
                Arguments.of(
                        UserStep.connect(session, 7, "{}", 5, UserState.REPEATED),
                        "00000000fffffffe0100001cfc0000000e0000002500027b7d0005070101027331026e310570686f6e650977656273"
                                + "6f636b657480a0f1c2b134"));
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void theFormatBeforeIsRead(Object object, String before) {
        Object read = serialization.toObject(new HeapData(HexFormat.of().parseHex(before)));

        assertThat(read).isInstanceOf(object.getClass());
        assertThat(bytes(read)).isEqualTo(bytes(object));
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void theFormatBeforeIsWrittenForThoseWhoReadNoLater(Object object, String before) {
        Format.write(Format.BEFORE);

        assertThat(HexFormat.of().formatHex(bytes(object))).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void thisFormatIsReadAsItWasWritten(Object object, String before) {
        byte[] now = bytes(object);

        assertThat(ByteBuffer.wrap(now).getInt(HEAD_AT)).isEqualTo(OwnerFormat.HEAD - Format.LATEST);
        assertThat(bytes(serialization.toObject(new HeapData(now)))).isEqualTo(now);
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void theNextFormatIsRefusedByItsNumber(Object object, String before) {
        byte[] next = bytes(object);
        ByteBuffer.wrap(next).putInt(HEAD_AT, OwnerFormat.HEAD - Format.LATEST - 1);

        assertThatThrownBy(() -> serialization.toObject(new HeapData(next)))
                .rootCause()
                .hasMessageContaining("in format " + (Format.LATEST + 1) + ", and this one reads " + Format.BEFORE
                        + " and " + Format.LATEST);
    }

    @Test
    void inTheFormatBeforeAListHasNoEpochAndOfEachSessionTheLastChange() {
        Map.Entry<String, ChannelState> room = new AbstractMap.SimpleEntry<>("room", null);
        for (String session : List.of("s1", "s2", "s3")) {
            new Join(new Member("alice", session, "{}", 0, session.equals("s3") ? "n3" : "n1"), 1, "p1", false)
                    .process(room);
        }
        new Leave("s1", 1).process(room);
        new DropNode("n3", 1, 1).process(room);
        Format.write(Format.BEFORE);
        ChannelState read = serialization.toObject(serialization.toData(room.getValue()));

        ChannelPresence list = read.presence(new ChannelName("room"));
        assertThat(list.position()).isEqualTo(StreamPosition.NONE);
        assertThat(list.snapshot()).isEqualTo(room.getValue().members());
        assertThat(list.recent())
                .extracting(was -> was.change().version() + was.change().epoch())
                .containsExactly("2", "4");
        Format.write(Format.LATEST);
        PresenceChange next = list.join(new Member("bob", "s4", "{}", 0, "n1"), 1, "p9", false);
        assertThat(next).extracting(PresenceChange::position).isEqualTo(new StreamPosition("p9", 6));
    }

    private byte[] bytes(Object object) {
        return serialization.toData(object).toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
