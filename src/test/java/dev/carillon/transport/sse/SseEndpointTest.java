package dev.carillon.transport.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.testing.Continuity;
import dev.carillon.testing.TransportServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SseEndpointTest {
    private static final String BEARER = "Bearer token-alice";

    /** Of their own, and closed without waiting: now and then a Vert.x client never finishes its close. */
    private static final Vertx clients = Vertx.vertx();

    private Vertx vertx;
    private TransportServer server;

    @AfterAll
    static void leave() {
        clients.close();
    }

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        server = new TransportServer(TransportServer.limits(16 * 1024, 3, 100));
        await(vertx.deployVerticle(server));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void aPublicationIsAnEventWithItsPositionAsId() throws Exception {
        EventStream stream = open("channel=feed");
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
        assertThat(stream.next()).matches("retry: [1-4]\\d{3}");
        assertThat(data(stream.nextWith("event: subscribed")))
                .isEqualTo(new JsonObject()
                        .put("type", "subscribed")
                        .put("channel", "feed")
                        .put("epoch", "e1")
                        .put("offset", 0)
                        .put("recovered", false)
                        .put("messages", List.of()));
        assertThat(stream.next()).isEqualTo("id: e1:0");

        server.gateway.publish("feed", "{\n\"a\":\r\n1}");
        assertThat(stream.nextWith("event: message"))
                .isEqualTo("id: e1:1\nevent: message\n"
                        + "data: {\"type\":\"message\",\"channel\":\"feed\",\"epoch\":\"e1\",\"offset\":1,\"data\":{\n"
                        + "data: \"a\":\ndata: \ndata: 1},\"timestamp\":1700000000000}");
    }

    @Test
    void whatWasMissedComesInOrderWithItsOwnIds() throws Exception {
        open("channel=lobby").nextWith("id:");
        for (int i = 1; i <= 3; i++) {
            server.gateway.publish("feed", "" + i);
        }
        EventStream stream = open("channel=feed", "Last-Event-ID", "e1:1");
        assertThat(data(stream.nextWith("subscribed")).getBoolean("recovered")).isTrue();
        assertThat(stream.next()).startsWith("id: e1:2\nevent: message\n").contains("\"data\":2");
        assertThat(stream.next()).startsWith("id: e1:3\nevent: message\n").contains("\"data\":3");
        assertThat(stream.next()).isEqualTo("id: e1:3");

        EventStream query = open("channel=feed&last_event_id=e1:2");
        assertThat(query.nextWith("event: message")).contains("\"data\":3");
        EventStream lost = open("channel=feed", "Last-Event-ID", "older:1");
        assertThat(data(lost.nextWith("subscribed")).getBoolean("recovered")).isFalse();
        assertThat(lost.next()).isEqualTo("id: e1:3");
    }

    @Test
    void theIdOfSeveralChannelsHoldsAllTheirPositions() throws Exception {
        String channels = "channel=feed&channel=lobby%3Aa%26b&channel=tick";
        EventStream stream = open(channels);
        assertThat(stream.nextWith("event: subscribed")).contains("feed");
        assertThat(stream.nextWith("id: ")).isEqualTo("id: feed=e1:0");
        assertThat(stream.nextWith("id: ")).isEqualTo("id: feed=e1:0&lobby%3Aa%26b=e1:0");
        assertThat(stream.nextWith("tick")).startsWith("event: subscribed");
        server.gateway.publish("feed", "1");
        server.gateway.publish("lobby:a&b", "2");
        server.gateway.publish("tick", "3");
        String id = "feed=e1:1&lobby%3Aa%26b=e1:1";
        assertThat(stream.nextWith("\"data\":1")).startsWith("id: feed=e1:1&lobby%3Aa%26b=e1:0\n");
        assertThat(stream.nextWith("\"data\":2")).startsWith("id: " + id + "\n");
        assertThat(stream.nextWith("\"data\":3")).startsWith("event: message\n");

        server.gateway.publish("lobby:a&b", "4");
        server.gateway.settle();
        EventStream again = open(channels, "Last-Event-ID", id);
        assertThat(again.nextWith("event: message"))
                .startsWith("id: feed=e1:1&lobby%3Aa%26b=e1:2\n")
                .contains("\"data\":4");
    }

    @Test
    void whatTheServerSubscribedHasNoPartInTheId() throws Exception {
        EventStream stream = open("channel=feed");
        assertThat(stream.nextWith("user:alice")).startsWith("event: subscribed");
        server.gateway.publish("user:alice", "1");
        assertThat(stream.nextWith("event: message")).startsWith("event: message\n");
        server.gateway.publish("feed", "2");
        assertThat(stream.nextWith("event: message")).startsWith("id: e1:1\n");
    }

    @Test
    void joinsAndLeavesAreEventsOfTheirOwn() throws Exception {
        EventStream stream = open("channel=feed");
        stream.nextWith("user:alice");
        Member bob = new Member("bob", "s1", "{}", 1, "node");
        server.gateway.deliver(
                "feed",
                List.of(
                        new PresenceChange(new ChannelName("feed"), "e", 1, true, bob),
                        new PresenceChange(new ChannelName("feed"), "e", 2, false, bob)));
        assertThat(stream.nextWith("bob")).startsWith("event: join\ndata: {\"type\":\"join\"");
        assertThat(stream.nextWith("bob")).startsWith("event: leave\n");
    }

    @Test
    void theTokenComesInAHeaderACookieOrTheQuery() throws Exception {
        for (String[] way : List.of(
                new String[] {"channel=feed", "Authorization", BEARER},
                new String[] {"channel=feed", "Cookie", "other=1; carillon_access=token-alice"},
                new String[] {"channel=feed&token=token-alice"})) {
            String[] headers = way.length == 1 ? new String[0] : new String[] {way[1], way[2]};
            EventStream stream = EventStream.open(clients, server.port(), way[0], headers);
            assertThat(stream.status()).as(way[0]).isEqualTo(200);
            stream.nextWith("user:alice");
        }
    }

    @Test
    void refusalsAreStatusesThatNameTheProtocolsCode() throws Exception {
        assertRefused(EventStream.open(clients, server.port(), "channel=feed"), 401, 4001);
        EventStream forged = EventStream.open(clients, server.port(), "channel=feed", "Authorization", "Bearer forged");
        assertThat(forged.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertRefused(forged, 401, 4001);
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        EventStream secret = open("channel=feed&channel=secret");
        assertThat(secret.refusal().getString("channel")).isEqualTo("secret");
        assertRefused(secret, 403, 203);
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertRefused(open("channel=elsewhere"), 404, 202);
        assertRefused(open(""), 400, 200);
        assertRefused(open("channel=fe%20ed"), 400, 200);
        assertRefused(open("channel=feed:1&channel=feed:2&channel=feed:3&channel=feed:4"), 400, 200);
        assertRefused(open("channel=feed", "Last-Event-ID", "nonsense"), 400, 200);
        assertRefused(open("channel=feed&channel=lobby", "Last-Event-ID", "e1:1"), 400, 200);
        assertThat(server.gateway.ended).isEmpty();
    }

    @Test
    void pagesReadItFromAllowedOriginsOnly() throws Exception {
        assertRefused(open("channel=feed", "Origin", "https://evil.example.org"), 403, 4403);
        EventStream allowed = open("channel=feed", "Origin", TransportServer.ORIGIN);
        assertThat(allowed.header("Access-Control-Allow-Origin")).isEqualTo(TransportServer.ORIGIN);
        assertThat(allowed.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        EventStream preflight = EventStream.request(
                clients, HttpMethod.OPTIONS, server.port(), "channel=feed", "Origin", TransportServer.ORIGIN);
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization");
    }

    @Test
    void aPingIsACommentAndItsWayOutIsLife() throws Exception {
        EventStream stream = open("channel=feed");
        stream.nextWith("user:alice");
        server.gateway.settle();
        int before = server.gateway.alive.get();
        server.gateway.tell(new ServerFrame.Ping());
        assertThat(stream.nextWith(":")).isEqualTo(":");
        server.gateway.settle();
        assertThat(server.gateway.alive).hasValue(before + 1);
    }

    @Test
    void aCloseIsToldBeforeTheEnd() throws Exception {
        EventStream stream = open("channel=feed");
        stream.nextWith("user:alice");
        server.gateway.tell(new ServerFrame.Reconnect("draining", Duration.ofSeconds(20), ""));
        assertThat(data(stream.nextWith("event: reconnect")).getInteger("within_ms"))
                .isEqualTo(20000);
        server.gateway.close(CloseCode.TOKEN_EXPIRED);
        assertThat(data(stream.nextWith("event: close")).getInteger("code")).isEqualTo(4003);
        stream.awaitEnd();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aClientThatLeavesEndsItsSession() throws Exception {
        EventStream stream = open("channel=feed");
        stream.nextWith("user:alice");
        stream.leave();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        EventStream stream = open("channel=feed");
        stream.nextWith("user:alice");
        stream.stopReading();
        Payload data = Payload.json("\"" + "x".repeat(30_000) + "\"");
        // More than the sockets of both sides hold, and the queue on top.
        for (int i = 1; i <= 1000; i++) {
            server.gateway.deliver(
                    "feed",
                    List.of(new Publication(new ChannelName("feed"), new StreamPosition("e1", i), data, null, 1L)));
            server.gateway.settle();
        }
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        stream.readOn();
        stream.awaitEnd();
    }

    @Test
    void aClientThatStopsReadingForAWhileIsToldWhatItMissedAndGoesOnFromThere() throws Exception {
        EventStream stream = open("channel=drop&channel=latest");
        stream.nextWith("user:alice");
        stream.stopReading();
        String padding = "x".repeat(30_000);
        int last = 1000;
        for (int i = 1; i <= last; i++) {
            server.gateway.publish("drop", "\"" + padding + "\"");
            server.gateway.publish("latest", "{\"k\":" + i % 3 + ",\"padding\":\"" + padding + "\"}");
            server.gateway.settle();
        }
        assertThat(server.gateway.ended).isEmpty();
        stream.readOn();

        Map<String, Continuity> seen = Map.of("drop", new Continuity(0), "latest", new Continuity(0));
        while (seen.values().stream().anyMatch(channel -> channel.position() < last)) {
            String block = stream.next();
            JsonObject event = data(block);
            Continuity channel = seen.get(event.getString("channel"));
            if (event.getString("type").equals("gap")) {
                assertThat(block).contains("event: gap\n");
                channel.gap(event.getLong("missed"), event.getLong("offset"));
            } else {
                channel.message(event.getLong("offset"));
            }
            assertThat(block).contains(event.getString("channel") + "=e1:" + channel.position());
        }
        assertThat(seen.get("drop").gaps()).isPositive();
        assertThat(seen.get("latest").gaps()).isPositive();
    }

    private EventStream open(String query, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "Authorization";
        all[1] = BEARER;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return EventStream.open(clients, server.port(), query, all);
    }

    private static void assertRefused(EventStream stream, int status, int code) throws Exception {
        assertThat(stream.status()).isEqualTo(status);
        assertThat(stream.refusal().getInteger("code")).isEqualTo(code);
        assertThat(stream.refusal().getString("error")).isNotBlank();
    }

    private static JsonObject data(String block) {
        return new JsonObject(block.substring(block.indexOf("data: ") + 6));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
