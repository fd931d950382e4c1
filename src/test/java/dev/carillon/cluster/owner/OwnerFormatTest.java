package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.internal.serialization.impl.HeapData;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.presence.UserSession;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What owners keep and are asked, in the format before, in this one and in the next. */
class OwnerFormatTest {
    /** Where the head is: after what Hazelcast says of the class. */
    private static final int HEAD_AT = HeapData.DATA_OFFSET + 1 + 4 + 4;

    private final SerializationService serialization = new DefaultSerializationServiceBuilder().build();

    static Stream<Object> whatTravels() {
        Map.Entry<String, ChannelState> channel = new AbstractMap.SimpleEntry<>("feed", null);
        Append append = new Append(
                "n1/0",
                1,
                List.of(new Draft(
                        Payload.json("{}".getBytes(StandardCharsets.UTF_8)), "alice", "key", 1_800_000_000_000L)),
                new Retention(5, 10_000, 5_000),
                "e1");
        append.process(channel);
        UserSession session = new UserSession("s1", "n1", "phone", "websocket", 1_800_000_000_000L);
        UserEntry user = new UserEntry();
        user.state().connect(session, 7, "{}", 5, false);
        return Stream.of(channel.getValue(), append, user, UserStep.connect(session, 7, "{}", 5, true));
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void theFormatBeforeIsRead(Object object) {
        byte[] now = bytes(object);
        ByteBuffer before = ByteBuffer.allocate(now.length - 4);
        before.put(now, 0, HEAD_AT).put(now, HEAD_AT + 4, now.length - HEAD_AT - 4);

        Object read = serialization.toObject(new HeapData(before.array()));

        assertThat(read).isInstanceOf(object.getClass());
        assertThat(bytes(read)).isEqualTo(now);
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void thisFormatIsReadAsItWasWritten(Object object) {
        byte[] now = bytes(object);

        assertThat(ByteBuffer.wrap(now).getInt(HEAD_AT)).isEqualTo(-1_000 - OwnerFormat.WRITTEN);
        assertThat(bytes(serialization.toObject(new HeapData(now)))).isEqualTo(now);
    }

    @ParameterizedTest
    @MethodSource("whatTravels")
    void theNextFormatIsRefusedByItsNumber(Object object) {
        byte[] next = bytes(object);
        ByteBuffer.wrap(next).putInt(HEAD_AT, -1_000 - OwnerFormat.READ - 1);

        assertThatThrownBy(() -> serialization.toObject(new HeapData(next)))
                .rootCause()
                .hasMessageContaining(
                        "in format " + (OwnerFormat.READ + 1) + ", and this one reads 1 to " + OwnerFormat.READ);
    }

    private byte[] bytes(Object object) {
        Data data = serialization.toData(object);
        return data.toByteArray();
    }
}
