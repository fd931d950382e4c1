package dev.carillon.protocol;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The codec of {@code carillon.v1.json}. Frames are read and written by hand; a publication's data passes through as
 * the bytes it came in. Stateless: safe on any thread.
 */
public final class JsonFrames {
    /** The version that {@code auth_success} names. */
    public static final int VERSION = 1;

    private static final int DEFAULT_HISTORY = 100;
    private static final int MAX_TOKEN_BYTES = 16 * 1024;
    private static final int MAX_CHANNEL_BYTES = 1024;
    private static final int MAX_ADDRESS_BYTES = 255;
    private static final int MAX_CLIENT_BYTES = 128;

    private static final int MAX_TRACEPARENT_BYTES = 512;

    // What a node at rest reads and writes most of.
    private static final byte[] PING = write(new ServerFrame.Ping()).endObject().toBytes();
    private static final byte[] PONG =
            write(new ServerFrame.Pong(0)).endObject().toBytes();
    private static final ClientFrame PONG_FRAME = new ClientFrame.Pong(0);

    private JsonFrames() {}

    /**
     * Reads one frame; fields it does not know are ignored.
     *
     * @param text in UTF-8, which the transport has seen to
     * @throws ProtocolException if the text is no frame; names the field, never quotes its value
     */
    public static ClientFrame decode(byte[] text) {
        if (Arrays.equals(text, PONG)) {
            return PONG_FRAME;
        }
        Fields in = Fields.parse(text);
        String type = in.string("type", Integer.MAX_VALUE);
        return switch (type) {
            case "auth" -> auth(in);
            case "refresh" -> new ClientFrame.Refresh(in.requireId(), in.string("token", MAX_TOKEN_BYTES));
            case "subscribe" -> subscribe(in, in.requireId());
            case "unsubscribe" -> new ClientFrame.Unsubscribe(in.requireId(), channel(in));
            case "publish" -> publish(in);
            case "history" -> history(in);
            case "presence" -> new ClientFrame.Presence(in.requireId(), channel(in), in.flag("stats"));
            case "request" -> request(in);
            case "ping" -> new ClientFrame.Ping(in.requireId());
            case "pong" -> new ClientFrame.Pong(in.requireId());
            default -> throw new ProtocolException(ErrorCode.UNKNOWN_TYPE, in.id());
        };
    }

    /**
     * Checks that a text is one JSON value of any shape.
     *
     * @param text in UTF-8, which the transport has seen to
     * @return what {@code type} holds if the value is an object that has such a string, else an empty string
     * @throws ProtocolException if the text is no JSON
     */
    public static String typeOf(byte[] text) {
        return Fields.typeOf(text);
    }

    /** Writes a reply or push. Not to be changed: it may be the same for many. */
    public static byte[] encode(ServerFrame frame) {
        return frame instanceof ServerFrame.Ping
                ? PING
                : write(frame).endObject().toBytes();
    }

    /**
     * Writes a publication as {@code message}, a presence change as {@code join} or {@code leave}, a {@code gap}. Of a binary
     * publication this is the text that goes before its bytes.
     */
    public static byte[] encode(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return message(publication).endObject().toBytes();
        } else if (event instanceof PresenceChange change) {
            return change(change).endObject().toBytes();
        } else if (event instanceof Gap gap) {
            return gap(gap).endObject().toBytes();
        }
        throw new AssertionError(event.getClass());
    }

    /** The same in one text, for sockets that carry no bytes: those of a binary publication are in {@code bytes}. */
    public static byte[] encodeText(ChannelEvent event) {
        if (event instanceof Publication publication && publication.data().isBinary()) {
            return message(publication)
                    .field("bytes", base64(publication.data()))
                    .endObject()
                    .toBytes();
        }
        return encode(event);
    }

    private static ClientFrame auth(Fields in) {
        long id = in.requireId();
        String token = in.string("token", MAX_TOKEN_BYTES);
        List<ClientFrame.Subscribe> subscribe = new ArrayList<>();
        for (Fields wanted : in.objects("subscribe")) {
            subscribe.add(subscribe(wanted, 0));
        }
        Fields client = in.object("client");
        return new ClientFrame.Auth(
                id, token, List.copyOf(subscribe), clientText(client, "name"), clientText(client, "version"));
    }

    private static String clientText(@Nullable Fields client, String name) {
        String text = client == null ? null : client.optionalString(name, MAX_CLIENT_BYTES);
        return text == null ? "" : text;
    }

    private static ClientFrame.Subscribe subscribe(Fields in, long id) {
        return new ClientFrame.Subscribe(id, channel(in), in.position(), in.optionalString("token", MAX_TOKEN_BYTES));
    }

    private static ClientFrame publish(Fields in) {
        long id = in.requireId();
        String channel = channel(in);
        String key = in.optionalString("key", Draft.MAX_KEY_BYTES);
        if (key != null && key.isEmpty()) {
            throw in.refused("key", "must not be empty");
        }
        if (in.flag("binary")) {
            byte[] meta = in.raw("meta");
            return new ClientFrame.BinaryAhead(
                    id, channel, meta == null ? Payload.NULL.json() : meta, key, traceparent(in));
        }
        byte[] data = in.raw("data");
        if (data == null) {
            throw in.refused("data", "is required");
        }
        return new ClientFrame.Publish(id, channel, Payload.json(data), key, traceparent(in));
    }

    private static ClientFrame history(Fields in) {
        long id = in.requireId();
        String channel = channel(in);
        int limit = (int) in.integer("limit", 1, Integer.MAX_VALUE, DEFAULT_HISTORY);
        Fields since = in.object("since");
        StreamPosition position = since == null ? null : since.position();
        return new ClientFrame.History(id, channel, limit, position, in.flag("reverse"));
    }

    private static ClientFrame request(Fields in) {
        long id = in.requireId();
        String address = in.string("address", MAX_ADDRESS_BYTES);
        byte[] data = in.raw("data");
        long timeout = in.integer("timeout_ms", 1, Integer.MAX_VALUE, 0);
        return new ClientFrame.Request(
                id,
                address,
                data == null ? Payload.NULL : Payload.json(data),
                timeout == 0 ? null : Duration.ofMillis(timeout),
                traceparent(in));
    }

    private static @Nullable String traceparent(Fields in) {
        return TraceContext.wellFormed(in.optionalString(TraceContext.NAME, MAX_TRACEPARENT_BYTES));
    }

    // What a channel's name may be, the channel says; this only keeps a huge one out.
    private static String channel(Fields in) {
        return in.string("channel", MAX_CHANNEL_BYTES);
    }

    private static JsonWriter write(ServerFrame frame) {
        if (frame instanceof ServerFrame.Acknowledged acknowledged) {
            JsonWriter out = reply("ack", acknowledged.id()).field("channel", acknowledged.channel());
            return position(out, acknowledged.ack().position())
                    .field("duplicate", acknowledged.ack().duplicate());
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            return subscription(reply("subscribed", subscribed.id()), subscribed);
        } else if (frame instanceof ServerFrame.Unsubscribed unsubscribed) {
            return reply("unsubscribed", unsubscribed.id())
                    .field("channel", unsubscribed.channel())
                    .field("code", unsubscribed.code())
                    .field("reason", unsubscribed.reason());
        } else if (frame instanceof ServerFrame.Error error) {
            return failure(reply("error", error.id()), error);
        } else if (frame instanceof ServerFrame.Reply reply) {
            return reply("reply", reply.id()).raw("data", reply.data().json());
        } else if (frame instanceof ServerFrame.AuthSuccess success) {
            return authSuccess(success);
        } else if (frame instanceof ServerFrame.AuthError error) {
            return reply("auth_error", error.id())
                    .field("code", error.code().code())
                    .field("error", error.error());
        } else if (frame instanceof ServerFrame.Refreshed refreshed) {
            return reply("refreshed", refreshed.id())
                    .field("expires_at", refreshed.expiresAt().toEpochMilli());
        } else if (frame instanceof ServerFrame.History history) {
            JsonWriter out = reply("history", history.id()).field("channel", history.channel());
            return messages(position(out, history.position()), history.messages());
        } else if (frame instanceof ServerFrame.Presence presence) {
            return presence(presence);
        } else if (frame instanceof ServerFrame.Ping) {
            return reply("ping", 0);
        } else if (frame instanceof ServerFrame.Pong pong) {
            return reply("pong", pong.id());
        } else if (frame instanceof ServerFrame.Reconnect reconnect) {
            JsonWriter out = reply("reconnect", 0)
                    .field("reason", reconnect.reason())
                    .field("within_ms", reconnect.within().toMillis());
            return reconnect.url().isEmpty() ? out : out.field("url", reconnect.url());
        }
        throw new AssertionError(frame.getClass());
    }

    private static JsonWriter authSuccess(ServerFrame.AuthSuccess success) {
        Instant now = success.timestamp().truncatedTo(ChronoUnit.MILLIS);
        JsonWriter out = reply("auth_success", success.id(), 512)
                .field("session_id", success.sessionId())
                .field("user_id", success.userId())
                .field("timestamp", now.toString())
                .field("expires_at", success.expiresAt().toEpochMilli())
                .field("ping_interval_ms", success.pingInterval().toMillis())
                .field("pong_timeout_ms", success.pongTimeout().toMillis())
                .field("node", success.node())
                .field("version", VERSION)
                .name("subscriptions")
                .beginArray();
        for (ServerFrame.Subscribed subscribed : success.subscriptions()) {
            out = subscription(out.beginObject(), subscribed).endObject();
        }
        out = out.endArray().name("refused").beginArray();
        for (ServerFrame.Error error : success.refused()) {
            out = failure(out.beginObject(), error).endObject();
        }
        return out.endArray();
    }

    private static JsonWriter subscription(JsonWriter out, ServerFrame.Subscribed subscribed) {
        JsonWriter placed = position(out.field("channel", subscribed.channel()), subscribed.position())
                .field("recovered", subscribed.recovered());
        return messages(placed, subscribed.messages());
    }

    private static JsonWriter failure(JsonWriter out, ServerFrame.Error error) {
        JsonWriter about = error.channel().isEmpty() ? out : out.field("channel", error.channel());
        return about.field("code", error.code())
                .field("error", error.error())
                .field("temporary", error.temporary())
                .field("retry_after_ms", error.retryAfter().toMillis());
    }

    private static JsonWriter presence(ServerFrame.Presence presence) {
        JsonWriter out = reply("presence", presence.id())
                .field("channel", presence.channel())
                .field("version", presence.snapshot().version());
        if (!presence.stats()) {
            out = out.name("members").beginArray();
            for (Member member : presence.snapshot().members()) {
                out = member(out.beginObject(), member).endObject();
            }
            out = out.endArray();
        }
        return out.field("users", presence.snapshot().users())
                .field("sessions", presence.snapshot().sessions());
    }

    private static JsonWriter change(PresenceChange change) {
        JsonWriter out = JsonWriter.frame(change.joined() ? "join" : "leave", 256)
                .field("channel", change.channel().value())
                .field("version", change.version());
        return member(out, change.member());
    }

    private static JsonWriter gap(Gap gap) {
        JsonWriter out = JsonWriter.frame("gap", 160)
                .field("channel", gap.channel().value())
                .field("missed", gap.missed());
        return position(out, gap.last());
    }

    private static JsonWriter member(JsonWriter out, Member member) {
        return out.field("user_id", member.userId())
                .field("session_id", member.sessionId())
                .raw("info", member.info().getBytes(StandardCharsets.UTF_8))
                .field("since", member.sinceMillis());
    }

    private static JsonWriter message(Publication publication) {
        JsonWriter out = JsonWriter.frame("message", 192 + publication.data().json().length)
                .field("channel", publication.channel().value());
        return content(position(out, publication.position()), publication);
    }

    private static JsonWriter content(JsonWriter out, Publication publication) {
        Payload data = publication.data();
        JsonWriter carried =
                data.isBinary() ? out.field("binary", true).raw("meta", data.json()) : out.raw("data", data.json());
        String userId = publication.userId();
        JsonWriter by = userId == null ? carried : carried.field("user_id", userId);
        JsonWriter at = by.field("timestamp", publication.timestampMillis());
        String traceparent = publication.traceparent();
        return traceparent == null ? at : at.field(TraceContext.NAME, traceparent);
    }

    private static JsonWriter messages(JsonWriter out, List<Publication> publications) {
        JsonWriter list = out.name("messages").beginArray();
        for (Publication publication : publications) {
            list = content(list.beginObject().field("offset", publication.offset()), publication);
            if (publication.data().isBinary()) {
                list = list.field("bytes", base64(publication.data()));
            }
            list = list.endObject();
        }
        return list.endArray();
    }

    private static JsonWriter position(JsonWriter out, StreamPosition position) {
        return position.equals(StreamPosition.NONE)
                ? out
                : out.field("epoch", position.epoch()).field("offset", position.offset());
    }

    private static JsonWriter reply(String type, long id) {
        return reply(type, id, 160);
    }

    private static JsonWriter reply(String type, long id, int expectedBytes) {
        JsonWriter out = JsonWriter.frame(type, expectedBytes);
        return id == 0 ? out : out.field("id", id);
    }

    private static String base64(Payload data) {
        return Base64.getEncoder().encodeToString(data.bytes());
    }
}
