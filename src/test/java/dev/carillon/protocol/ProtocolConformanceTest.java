package dev.carillon.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import dev.carillon.presence.PresenceSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/** The vectors of {@code conformance/}, which the client's tests read as well. */
class ProtocolConformanceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Named<JsonNode>> valid() throws IOException {
        return vectors("client-valid.json")
                .map(vector -> Named.of(vector.get("name").textValue(), vector));
    }

    static Stream<Named<JsonNode>> invalid() throws IOException {
        return vectors("client-invalid.json")
                .map(vector -> Named.of(vector.get("name").textValue(), vector));
    }

    static Stream<Named<JsonNode>> server() throws IOException {
        return vectors("server.json").map(vector -> Named.of(vector.get("frame").toString(), vector));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void aCommandIsReadAsItsRecord(JsonNode vector) throws Exception {
        assertThat(describe(JsonFrames.decode(text(vector)))).isEqualTo(vector.get("decoded"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void aFaultIsRefusedWithItsFieldAndTheCommandsId(JsonNode vector) throws Exception {
        byte[] text = text(vector);
        assertRefused(vector, () -> JsonFrames.decode(text));
    }

    private static void assertRefused(JsonNode vector, ThrowingCallable decode) {
        ProtocolException refused = catchThrowableOfType(ProtocolException.class, decode);

        assertThat(refused).isNotNull();
        assertThat(refused.code().code()).isEqualTo(vector.get("code").intValue());
        assertThat(refused.id()).isEqualTo(vector.get("id").longValue());
        assertThat(refused.getMessage())
                .startsWith(
                        vector.get("field").isNull()
                                ? refused.code().phrase()
                                : "bad request: " + vector.get("field").textValue() + " ");
    }

    @ParameterizedTest
    @MethodSource("server")
    void aFrameIsWrittenAsTheVectorSays(JsonNode vector) throws Exception {
        JsonNode frame = vector.get("frame");
        byte[] written =
                switch (vector.get("record").textValue()) {
                    case "Publication", "PresenceChange", "Gap" -> JsonFrames.encode(event(vector, frame));
                    default -> JsonFrames.encode(frame(vector.get("record").textValue(), frame));
                };

        assertThat(JSON.readTree(written)).isEqualTo(JSON.readTree(JSON.writeValueAsBytes(frame)));
        assertThat(new String(written, StandardCharsets.UTF_8)).startsWith("{\"type\":");
    }

    @ParameterizedTest
    @MethodSource("packedCommands")
    void aCommandInMessagePackIsReadAsItsRecord(JsonNode vector) throws Exception {
        ClientFrame decoded = MsgpackFrames.decode(bytes(vector));

        assertThat(describe(decoded)).isEqualTo(vector.get("decoded"));
        if (vector.has("bytes")) {
            Payload data = ((ClientFrame.Publish) decoded).data();
            assertThat(data.isBinary()).isTrue();
            assertThat(data.bytes()).isEqualTo(vector.get("bytes").binaryValue());
        }
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsNoMessagePackIsRefusedWithItsFieldAndTheCommandsId(JsonNode vector) {
        byte[] message = bytes(vector);
        assertRefused(vector, () -> MsgpackFrames.decode(message));
    }

    @ParameterizedTest
    @MethodSource("packedFrames")
    void aFrameInMessagePackIsWrittenAsTheVectorSays(JsonNode vector) throws Exception {
        JsonNode like = vectors("server.json")
                .filter(each -> each.get("frame").equals(vector.get("frame")))
                .findFirst()
                .orElseThrow();
        String record = like.get("record").textValue();
        byte[] written =
                switch (record) {
                    case "Publication", "PresenceChange", "Gap" ->
                        MsgpackFrames.encode(event(like, vector.get("frame")));
                    default -> MsgpackFrames.encode(frame(record, vector.get("frame")));
                };

        assertThat(value(written)).isEqualTo(value(bytes(vector)));
    }

    static Stream<Named<JsonNode>> packedCommands() throws IOException {
        return packed("commands", "name");
    }

    static Stream<Named<JsonNode>> malformed() throws IOException {
        return packed("malformed", "name");
    }

    static Stream<Named<JsonNode>> packedFrames() throws IOException {
        return packed("frames", "frame");
    }

    private static Stream<Named<JsonNode>> packed(String part, String name) throws IOException {
        try (InputStream in = ProtocolConformanceTest.class.getResourceAsStream("/conformance/msgpack.json")) {
            return StreamSupport.stream(JSON.readTree(in).get(part).spliterator(), false)
                    .map(vector -> Named.of(vector.get(name).toString(), vector));
        }
    }

    private static byte[] bytes(JsonNode vector) {
        return HexFormat.of().parseHex(vector.get("hex").textValue());
    }

    private static Value value(byte[] packed) throws IOException {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(packed)) {
            return in.unpackValue();
        }
    }

    @Test
    void everyCommandHasAVector() throws Exception {
        assertThat(recordsIn(
                        "client-valid.json", vector -> vector.get("decoded").get("record")))
                .containsAll(permitted(ClientFrame.class));
    }

    @Test
    void everyReplyAndPushHasAVector() throws Exception {
        List<String> records = recordsIn("server.json", vector -> vector.get("record"));

        assertThat(records).containsAll(permitted(ServerFrame.class)).contains("Publication", "PresenceChange", "Gap");
    }

    private static List<String> recordsIn(String file, java.util.function.Function<JsonNode, JsonNode> record)
            throws IOException {
        return vectors(file).map(record).map(JsonNode::textValue).collect(Collectors.toList());
    }

    private static List<String> permitted(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList();
    }

    private static Stream<JsonNode> vectors(String file) throws IOException {
        try (InputStream in = ProtocolConformanceTest.class.getResourceAsStream("/conformance/" + file)) {
            return StreamSupport.stream(JSON.readTree(in).spliterator(), false);
        }
    }

    private static byte[] text(JsonNode vector) throws IOException {
        return vector.has("text")
                ? vector.get("text").textValue().getBytes(StandardCharsets.UTF_8)
                : JSON.writeValueAsBytes(vector.get("frame"));
    }

    private static JsonNode describe(Record decoded) throws Exception {
        ObjectNode described = JSON.createObjectNode();
        described.put("record", decoded.getClass().getSimpleName());
        for (RecordComponent component : decoded.getClass().getRecordComponents()) {
            described.set(component.getName(), value(component.getAccessor().invoke(decoded)));
        }
        return JSON.readTree(JSON.writeValueAsBytes(described));
    }

    private static JsonNode describe(ClientFrame decoded) throws Exception {
        return describe((Record) decoded);
    }

    private static JsonNode value(Object value) throws Exception {
        if (value instanceof Payload payload) {
            return JSON.readTree(payload.json());
        } else if (value instanceof byte[] json) {
            return JSON.readTree(json);
        } else if (value instanceof Duration duration) {
            return JSON.valueToTree(duration.toMillis());
        } else if (value instanceof List<?> list) {
            ArrayNode array = JSON.createArrayNode();
            for (Object element : list) {
                array.add(describe((Record) element));
            }
            return array;
        } else if (value instanceof StreamPosition position) {
            return JSON.createObjectNode().put("epoch", position.epoch()).put("offset", position.offset());
        }
        return JSON.valueToTree(value);
    }

    private static ChannelEvent event(JsonNode vector, JsonNode frame) {
        ChannelName channel = new ChannelName(frame.get("channel").textValue());
        if (frame.get("type").textValue().equals("message")) {
            return publication(channel, position(frame), frame, vector.path("bytes"));
        }
        if (frame.get("type").textValue().equals("gap")) {
            return new Gap(channel, frame.get("missed").longValue(), position(frame));
        }
        return new PresenceChange(
                channel,
                "e",
                frame.get("version").longValue(),
                frame.get("type").textValue().equals("join"),
                member(frame));
    }

    private static ServerFrame frame(String record, JsonNode in) {
        long id = in.path("id").longValue();
        String channel = in.path("channel").asText();
        return switch (record) {
            case "AuthSuccess" -> authSuccess(id, in);
            case "AuthError" ->
                new ServerFrame.AuthError(
                        id, CloseCode.AUTHENTICATION_FAILED, in.get("error").textValue());
            case "Refreshed" -> new ServerFrame.Refreshed(id, instant(in));
            case "Subscribed" -> subscribed(in);
            case "Unsubscribed" ->
                new ServerFrame.Unsubscribed(
                        id, channel, in.get("code").intValue(), in.get("reason").textValue());
            case "Acknowledged" ->
                new ServerFrame.Acknowledged(
                        id, channel, new Ack(position(in), in.get("duplicate").booleanValue()));
            case "History" -> new ServerFrame.History(id, channel, position(in), messages(channel, in));
            case "Presence" -> presence(id, channel, in);
            case "Reply" ->
                new ServerFrame.Reply(id, Payload.json(in.get("data").toString()));
            case "Error" -> error(in);
            case "Ping" -> new ServerFrame.Ping();
            case "Pong" -> new ServerFrame.Pong(id);
            case "Reconnect" ->
                new ServerFrame.Reconnect(
                        in.get("reason").textValue(),
                        Duration.ofMillis(in.get("within_ms").longValue()),
                        in.path("url").asText());
            default -> throw new AssertionError(record);
        };
    }

    private static ServerFrame authSuccess(long id, JsonNode in) {
        List<ServerFrame.Subscribed> subscriptions = new ArrayList<>();
        in.get("subscriptions").forEach(each -> subscriptions.add(subscribed(each)));
        List<ServerFrame.Error> refused = new ArrayList<>();
        in.get("refused").forEach(each -> refused.add(error(each)));
        return new ServerFrame.AuthSuccess(
                id,
                in.get("session_id").textValue(),
                in.get("user_id").textValue(),
                // Finer than the wire shows.
                Instant.parse(in.get("timestamp").textValue()).plusNanos(999),
                instant(in),
                Duration.ofMillis(in.get("ping_interval_ms").longValue()),
                Duration.ofMillis(in.get("pong_timeout_ms").longValue()),
                in.get("node").textValue(),
                subscriptions,
                refused);
    }

    private static ServerFrame.Subscribed subscribed(JsonNode in) {
        String channel = in.get("channel").textValue();
        return new ServerFrame.Subscribed(
                in.path("id").longValue(),
                channel,
                position(in),
                in.get("recovered").booleanValue(),
                messages(channel, in));
    }

    private static ServerFrame.Error error(JsonNode in) {
        return new ServerFrame.Error(
                in.path("id").longValue(),
                in.path("channel").asText(),
                in.get("code").intValue(),
                in.get("error").textValue(),
                in.get("temporary").booleanValue(),
                Duration.ofMillis(in.get("retry_after_ms").longValue()));
    }

    private static ServerFrame presence(long id, String channel, JsonNode in) {
        List<Member> members = new ArrayList<>();
        in.path("members").forEach(each -> members.add(member(each)));
        PresenceSnapshot snapshot = new PresenceSnapshot(in.get("version").longValue(), members);
        return new ServerFrame.Presence(id, channel, snapshot, !in.has("members"));
    }

    private static Member member(JsonNode in) {
        return new Member(
                in.get("user_id").textValue(),
                in.get("session_id").textValue(),
                in.get("info").toString(),
                in.get("since").longValue(),
                "n1");
    }

    private static List<Publication> messages(String channel, JsonNode in) {
        List<Publication> messages = new ArrayList<>();
        for (JsonNode each : in.get("messages")) {
            StreamPosition position = new StreamPosition(
                    in.get("epoch").textValue(), each.get("offset").longValue());
            messages.add(publication(new ChannelName(channel), position, each, each.path("bytes")));
        }
        return messages;
    }

    private static Publication publication(ChannelName channel, StreamPosition position, JsonNode in, JsonNode bytes) {
        Payload data = in.has("binary")
                ? Payload.binary(
                        in.get("meta").toString().getBytes(StandardCharsets.UTF_8),
                        Base64.getDecoder().decode(bytes.textValue()))
                : Payload.json(in.get("data").toString());
        JsonNode user = in.path("user_id");
        return new Publication(
                channel,
                position,
                data,
                user.isMissingNode() ? null : user.textValue(),
                in.get("timestamp").longValue(),
                in.has("traceparent") ? in.get("traceparent").textValue() : null);
    }

    private static StreamPosition position(JsonNode in) {
        return in.has("epoch")
                ? new StreamPosition(
                        in.get("epoch").textValue(), in.get("offset").longValue())
                : StreamPosition.NONE;
    }

    private static Instant instant(JsonNode in) {
        return Instant.ofEpochMilli(in.get("expires_at").longValue());
    }
}
