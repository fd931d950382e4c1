package dev.carillon.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Tenant;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bodies of answers, with the field names of the wire. Absent is null and left out; times are milliseconds since
 * 1970; data passes through as it was published.
 */
final class Answer {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .addModule(new SimpleModule().addSerializer(new Milliseconds()))
            .build();

    private Answer() {}

    static Buffer encode(Object answer) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer must be encodable", e);
        }
    }

    record Failure(Problem error) {}

    record Problem(int code, String message, boolean temporary) {}

    /** What a verticle answered, or why it did not. */
    record Replied(
            @JsonRawValue @Nullable String data, @Nullable Problem error) {
        static Replied with(Payload data) {
            return new Replied(new String(data.json(), StandardCharsets.UTF_8), null);
        }

        static Replied failed(int code, String message) {
            return new Replied(null, new Problem(code, message, code < 200));
        }
    }

    /** One publication; of a broadcast's, either a position or an error. */
    record Published(
            String channel,
            @Nullable String userId,
            @Nullable String epoch,
            @Nullable Long offset,
            @Nullable Boolean duplicate,
            @Nullable Problem error) {
        static Published of(ChannelName channel, @Nullable String userId, Ack ack) {
            return new Published(
                    channel.value(),
                    userId,
                    Answer.epoch(ack.position()),
                    Answer.offset(ack.position()),
                    ack.duplicate(),
                    null);
        }

        static Published refused(ChannelName channel, @Nullable String userId, Throwable cause) {
            return new Published(
                    channel.value(), userId, null, null, null, Refusal.of(cause).problem());
        }
    }

    record Broadcast(List<Published> results) {}

    record Message(
            @Nullable String epoch,
            @Nullable Long offset,
            @Nullable Boolean binary,
            @JsonRawValue @Nullable String meta,
            @Nullable String bytes,
            @JsonRawValue @Nullable String data,
            @Nullable String userId,
            long timestamp,
            @Nullable String traceparent) {
        static Message of(Publication publication) {
            Payload data = publication.data();
            String json = new String(data.json(), StandardCharsets.UTF_8);
            boolean binary = data.isBinary();
            return new Message(
                    Answer.epoch(publication.position()),
                    Answer.offset(publication.position()),
                    binary ? true : null,
                    binary ? json : null,
                    binary ? Base64.getEncoder().encodeToString(data.bytes()) : null,
                    binary ? null : json,
                    publication.userId(),
                    publication.timestampMillis(),
                    publication.traceparent());
        }
    }

    /** @param complete whether all that came after {@code since} was still kept; null if nothing was asked for */
    record History(
            String channel,
            @Nullable String epoch,
            @Nullable Long offset,
            @Nullable Boolean complete,
            List<Message> messages) {
        static History of(ChannelName channel, HistoryPage page, boolean asked) {
            return new History(
                    channel.value(),
                    Answer.epoch(page.position()),
                    Answer.offset(page.position()),
                    asked ? page.complete() : null,
                    page.publications().stream().map(Message::of).toList());
        }
    }

    record Member(
            String userId, String sessionId, @JsonRawValue String info, long since, String node) {}

    /** @param members null where only counts were asked for */
    record Presence(String channel, long version, @Nullable List<Member> members, int users, int sessions) {
        static Presence of(ChannelName channel, PresenceSnapshot snapshot, boolean stats) {
            List<Member> members = snapshot.members().stream()
                    .map(member -> new Member(
                            member.userId(), member.sessionId(), member.info(), member.sinceMillis(), member.node()))
                    .toList();
            return new Presence(
                    channel.value(), snapshot.version(), stats ? null : members, snapshot.users(), snapshot.sessions());
        }
    }

    record Session(String sessionId, String node, String device, String transport, long since) {
        static Session of(UserSession session) {
            return new Session(
                    session.sessionId(), session.node(), session.device(), session.transport(), session.sinceMillis());
        }
    }

    /**
     * @param lastSeen null if never
     * @param until when a blocked user is let in again; null for never
     */
    record User(
            String userId,
            boolean online,
            @Nullable Long lastSeen,
            @Nullable Boolean blocked,
            @Nullable Instant until,
            @JsonRawValue String info,
            List<Session> sessions) {
        static User of(UserStatus status, @Nullable Instant blockedUntil) {
            return new User(
                    Tenant.name(status.userId()),
                    status.online(),
                    status.lastSeenMillis() == 0 ? null : status.lastSeenMillis(),
                    blockedUntil == null ? null : true,
                    blockedUntil == null || blockedUntil.equals(Instant.MAX) ? null : blockedUntil,
                    status.info().isEmpty() ? "{}" : status.info(),
                    status.sessions().stream().map(Session::of).toList());
        }
    }

    /** How many connections of a user were concerned. */
    record Connections(String userId, @Nullable String channel, int connections) {}

    /**
     * @param connections how many were closed
     * @param until when the user is let in again; null for never
     */
    record Blocked(
            String userId,
            boolean blocked,
            @Nullable Instant until,
            @Nullable Integer connections) {}

    /** @param userId null for all of the tenant */
    record Revoked(
            @Nullable String userId,
            @Nullable Instant before,
            @Nullable String tokenId,
            @Nullable Instant until) {}

    /** @param accessToken the same as {@code token}, by the name that OAuth clients look for */
    record Token(
            String userId,
            String token,
            String accessToken,
            Instant expiresAt,
            @Nullable String refreshToken,
            @Nullable Instant refreshExpiresAt) {
        static Token ofServer(Tokens.Grant grant) {
            return new Token(
                    grant.userId(),
                    grant.access(),
                    grant.access(),
                    grant.expiresAt(),
                    grant.refresh(),
                    grant.refreshExpiresAt());
        }

        /** Without the refresh token: a page's scripts need not know it. */
        static Token ofBrowser(Tokens.Grant grant) {
            return new Token(
                    grant.userId(), grant.access(), grant.access(), grant.expiresAt(), null, grant.refreshExpiresAt());
        }
    }

    // A stream of offset 0 has an epoch; an ephemeral channel has neither.
    static @Nullable String epoch(StreamPosition position) {
        return position.epoch().isEmpty() ? null : position.epoch();
    }

    static @Nullable Long offset(StreamPosition position) {
        return position.epoch().isEmpty() ? null : position.offset();
    }

    private static final class Milliseconds extends StdSerializer<Instant> {
        Milliseconds() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(value.toEpochMilli());
        }
    }
}
