package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Tenant;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.TraceContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a node answers to verticles: each answer is written and read here, so that the two stay the same. */
final class BusReplies {
    private BusReplies() {}

    static JsonObject ack(Ack ack) {
        return withPosition(new JsonObject(), ack.position()).put("duplicate", ack.duplicate());
    }

    static Ack ack(JsonObject in) {
        return new Ack(position(in), in.getBoolean("duplicate", false));
    }

    static JsonObject results(List<JsonObject> results) {
        return new JsonObject().put("results", array(results, result -> result));
    }

    static List<JsonObject> results(JsonObject in) {
        return list(in.getJsonArray("results"), result -> result);
    }

    static JsonObject history(HistoryPage page) {
        return withPosition(new JsonObject(), page.position())
                .put("complete", page.complete())
                .put("messages", array(page.publications(), BusReplies::publication));
    }

    static HistoryPage history(ChannelName channel, JsonObject in) {
        return new HistoryPage(
                position(in),
                list(in.getJsonArray("messages"), message -> publication(channel, message)),
                in.getBoolean("complete"));
    }

    static JsonObject presence(PresenceSnapshot snapshot) {
        return new JsonObject()
                .put("version", snapshot.version())
                .put("members", array(snapshot.members(), BusReplies::member))
                .put("users", snapshot.users())
                .put("sessions", snapshot.sessions());
    }

    static PresenceSnapshot presence(JsonObject in) {
        return new PresenceSnapshot(in.getLong("version"), list(in.getJsonArray("members"), BusReplies::member));
    }

    static JsonObject user(UserStatus status) {
        return new JsonObject()
                .put("user_id", Tenant.name(status.userId()))
                .put("online", status.online())
                .put("sessions", array(status.sessions(), BusReplies::session))
                .put("last_seen", status.lastSeenMillis())
                .put("info", info(status.info()));
    }

    static UserStatus user(JsonObject in) {
        return new UserStatus(
                in.getString("user_id"),
                in.getBoolean("online"),
                list(in.getJsonArray("sessions"), BusReplies::session),
                in.getLong("last_seen"),
                in.getJsonObject("info").encode());
    }

    /** What a token tells of its user; an empty object if that is no JSON object. */
    static JsonObject info(String json) {
        try {
            return Json.decodeValue(json) instanceof JsonObject object ? object : new JsonObject();
        } catch (DecodeException e) {
            return new JsonObject();
        }
    }

    private static JsonObject publication(Publication publication) {
        Payload data = publication.data();
        JsonObject out = withPosition(new JsonObject(), publication.position());
        if (data.isBinary()) {
            out.put("binary", true).put("meta", Json.decodeValue(Buffer.buffer(data.json())));
            out.put("data", data.bytes());
        } else {
            out.put("data", JsonData.body(data));
        }
        if (publication.userId() != null) {
            out.put("user_id", publication.userId());
        }
        if (publication.traceparent() != null) {
            out.put(TraceContext.NAME, publication.traceparent());
        }
        return out.put("timestamp", publication.timestampMillis());
    }

    private static Publication publication(ChannelName channel, JsonObject in) {
        Payload data = in.getBoolean("binary", false)
                ? Payload.binary(JsonData.payload(in.getValue("meta")).json(), in.getBinary("data"))
                : JsonData.payload(in.getValue("data"));
        return new Publication(
                channel,
                position(in),
                data,
                in.getString("user_id"),
                in.getLong("timestamp"),
                in.getString(TraceContext.NAME));
    }

    private static JsonObject member(Member member) {
        return new JsonObject()
                .put("user_id", member.userId())
                .put("session_id", member.sessionId())
                .put("info", info(member.info()))
                .put("since", member.sinceMillis())
                .put("node", member.node());
    }

    private static Member member(JsonObject in) {
        return new Member(
                in.getString("user_id"),
                in.getString("session_id"),
                in.getJsonObject("info").encode(),
                in.getLong("since"),
                in.getString("node"));
    }

    private static JsonObject session(UserSession session) {
        return new JsonObject()
                .put("session_id", session.sessionId())
                .put("node", session.node())
                .put("device", session.device())
                .put("transport", session.transport())
                .put("since", session.sinceMillis());
    }

    private static UserSession session(JsonObject in) {
        return new UserSession(
                in.getString("session_id"),
                in.getString("node"),
                in.getString("device"),
                in.getString("transport"),
                in.getLong("since"));
    }

    private static JsonObject withPosition(JsonObject out, StreamPosition position) {
        return position.equals(StreamPosition.NONE)
                ? out
                : out.put("epoch", position.epoch()).put("offset", position.offset());
    }

    private static StreamPosition position(JsonObject in) {
        String epoch = in.getString("epoch");
        return epoch == null ? StreamPosition.NONE : new StreamPosition(epoch, in.getLong("offset"));
    }

    private static <T> JsonArray array(List<T> values, Function<T, @Nullable Object> encode) {
        JsonArray out = new JsonArray();
        values.forEach(value -> out.add(encode.apply(value)));
        return out;
    }

    private static <T> List<T> list(JsonArray values, Function<JsonObject, T> decode) {
        return values.stream().map(JsonObject.class::cast).map(decode).toList();
    }
}
