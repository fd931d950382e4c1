package dev.carillon.transport.sockjs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.testing.Continuity;
import dev.carillon.testing.TransportServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SockJsEndpointTest {
    private static final String RAW = "/eventbus/websocket";
    private static final String SOCKJS = "/eventbus/000/session1/websocket";

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
    void withoutATokenEveryMessageIsAnsweredNotLoggedIn() throws Exception {
        BridgeSocket client = raw();
        client.send(message("send", "feed").put("replyAddress", "r1"));
        assertThat(client.next())
                .isEqualTo(new JsonObject()
                        .put("type", "err")
                        .put("address", "r1")
                        .put("failureCode", 203)
                        .put("failureType", "not_logged_in")
                        .put("message", "not logged in")
                        .put("body", "not_logged_in"));
        client.send(message("send", TransportServer.ECHO));
        assertThat(client.next().getString("failureType")).isEqualTo("not_logged_in");
        assertThat(server.gateway.commands).isEmpty();
    }

    @Test
    void whatFollowsTheTokenWaitsForTheSessionAndKeepsItsOrder() throws Exception {
        BridgeSocket client = raw();
        client.send(authorized(message("send", "feed").put("replyAddress", "r1").put("body", 1)));
        client.send(message("send", "feed").put("replyAddress", "r2").put("body", 2));
        client.send(message("send", "feed").put("replyAddress", "r3").put("body", 3));
        for (int i = 1; i <= 3; i++) {
            JsonObject ack = client.next();
            assertThat(ack.getString("address")).isEqualTo("r" + i);
            assertThat(ack.getJsonObject("body").getInteger("offset")).isEqualTo(i);
        }
        assertThat(server.gateway.commands.poll()).isInstanceOf(ClientFrame.Auth.class);
    }

    @Test
    void aTokenIsReadWhereverItMayStand() throws Exception {
        for (String headers : List.of(
                "{\"Authorization\":\"Bearer token-alice\"}",
                "{\"authorization\":\"bearer token-alice\"}",
                "{\"token\":\"token-alice\"}")) {
            BridgeSocket client = raw();
            client.send(message("send", "feed").put("replyAddress", "r").put("headers", new JsonObject(headers)));
            assertThat(client.next().getString("type")).as(headers).isEqualTo("rec");
        }
        BridgeSocket outright = raw();
        outright.send("{\"type\":\"auth\",\"token\":\"token-alice\"}");
        JsonObject welcome = outright.next();
        assertThat(welcome.getString("event")).isEqualTo("auth_success");
        assertThat(welcome.getJsonObject("message").getString("user_id")).isEqualTo("alice");
        BridgeSocket handshake = BridgeSocket.connect(clients, server.port(), RAW + "?token=token-alice");
        handshake.send(message("send", "feed").put("replyAddress", "r"));
        assertThat(handshake.next().getString("type")).isEqualTo("rec");
    }

    @Test
    void aRefusedTokenIsToldToWhoeverWaitsAndThenTheSocketCloses() throws Exception {
        BridgeSocket client = raw();
        JsonObject headers = new JsonObject().put("Authorization", "Bearer forged");
        client.send(message("send", "feed").put("replyAddress", "r1").put("headers", headers));
        JsonObject err = client.next();
        assertThat(err.getString("address")).isEqualTo("r1");
        assertThat(err.getInteger("failureCode")).isEqualTo(4001);
        assertThat(err.getString("failureType")).isEqualTo("authentication_failed");
        assertThat(client.closeCode()).isEqualTo(4001);
    }

    @Test
    void aNewTokenOnALiveConnectionIsARefresh() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        JsonObject headers = new JsonObject().put("Authorization", "Bearer token-alice-2");
        client.send(message("send", "feed").put("replyAddress", "r").put("headers", headers));
        assertThat(client.next().getString("address")).isEqualTo("r");
        assertThat(server.gateway.commands.poll()).isEqualTo(new ClientFrame.Refresh(3, "token-alice-2"));
    }

    @Test
    void aChannelsDataArrivesAsTheBytesItWasSentIn() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        register(client, "feed");
        client.send("{\"type\":\"publish\",\"address\":\"feed\",\"body\": {\"n\":1.0e5, \"s\":\"\\u00e7\\/\"} }");
        assertThat(client.nextText())
                .isEqualTo("{\"type\":\"rec\",\"address\":\"feed\",\"body\":{\"n\":1.0e5, \"s\":\"\\u00e7\\/\"},"
                        + "\"headers\":{\"epoch\":\"e1\",\"offset\":\"2\",\"user_id\":\"alice\","
                        + "\"timestamp\":\"1700000000000\"}}");
    }

    @Test
    void aTraceIsAHeaderOfThePublishAndOfWhatSubscribersGet() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        BridgeSocket client = loggedIn(RAW);
        register(client, "tick");
        for (String given : List.of(trace, "none of ours")) {
            client.send(message("publish", "tick").put("headers", new JsonObject().put("traceparent", given)));
        }
        assertThat(client.next().getJsonObject("headers").getString("traceparent"))
                .isEqualTo(trace);
        assertThat(client.next().getJsonObject("headers").fieldNames()).containsExactly("user_id", "timestamp");
    }

    @Test
    void anEphemeralChannelHasNoPosition() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        register(client, "tick");
        client.send(message("send", "tick").put("replyAddress", "r"));
        assertThat(client.next().getJsonObject("body")).isEqualTo(new JsonObject().put("duplicate", false));
        JsonObject rec = client.next();
        assertThat(rec.getJsonObject("headers").fieldNames()).containsExactly("user_id", "timestamp");
    }

    @Test
    void aRegistrationWithAPositionGoesOnThereOrSaysThatItCannot() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        for (int i = 1; i <= 3; i++) {
            server.gateway.publish("feed", "" + i);
        }
        client.send(message("register", "feed").put("headers", position("e1", "1")));
        assertThat(client.next().getInteger("body")).isEqualTo(2);
        assertThat(client.next().getInteger("body")).isEqualTo(3);

        client.send(message("register", "lobby").put("headers", position("older", "1")));
        JsonObject err = client.next();
        assertThat(err.getString("address")).isEqualTo("lobby");
        assertThat(err.getInteger("failureCode")).isEqualTo(4006);
        assertThat(err.getString("failureType")).isEqualTo("position_lost");
        client.send(message("register", "lobby").put("headers", position("e1", "one")));
        assertThat(client.next().getString("message")).contains("headers.offset");
    }

    @Test
    void aRefusalNamesCodeTypeAndTheStockBridgesWord() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        client.send(message("register", "secret"));
        JsonObject err = client.next();
        assertThat(err.getString("address")).isEqualTo("secret");
        assertThat(err.getInteger("failureCode")).isEqualTo(203);
        assertThat(err.getString("failureType")).isEqualTo("permission_denied");
        assertThat(err.getString("body")).isEqualTo("access_denied");
        client.send(message("publish", "secret"));
        assertThat(client.next().getString("address")).isEqualTo("secret");
        client.send(message("send", "elsewhere").put("replyAddress", "r"));
        assertThat(client.next().getString("address")).isEqualTo("r");
        client.send(message("publish", TransportServer.ECHO));
        assertThat(client.next().getString("failureType")).isEqualTo("permission_denied");
        client.send(message("register", "carillon.publish"));
        assertThat(client.next().getString("failureType")).isEqualTo("permission_denied");
    }

    @Test
    void thePersonalChannelCanBeRegisteredAlthoughTheServerSubscribedIt() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        client.send(message("register", "user:alice"));
        client.send(message("send", "user:alice").put("body", 7).put("replyAddress", "r"));
        assertThat(client.next().getString("address")).isEqualTo("r");
        assertThat(client.next().getInteger("body")).isEqualTo(7);
        client.send(message("register", "user:alice"));
        assertThat(client.next().getString("body")).isEqualTo("address_already_registered");
    }

    @Test
    void overSockJsAMessageIsAStringInAnArrayAndWhatClientsAreNotShownIsNothing() throws Exception {
        BridgeSocket client = loggedIn(SOCKJS);
        register(client, "feed");
        server.gateway.deliver("feed", List.of(publication(5, "\"\\u00e7 \\\"\""), join(), publication(6, "\"b\"")));
        for (String data : List.of("\"\\u00e7 \\\"\"", "\"b\"")) {
            String frame = client.nextText();
            assertThat(frame).startsWith("a[\"").endsWith("\"]");
            assertThat(new JsonArray(frame.substring(1)).getString(0)).contains("\"body\":" + data + ",");
        }
    }

    @Test
    void overSockJsSeveralMessagesMayComeAtOnceAndNoneIsNoMessage() throws Exception {
        BridgeSocket client = loggedIn(SOCKJS);
        client.sendText("");
        client.sendText("[]");
        String first = message("send", "feed").put("replyAddress", "r1").encode();
        String second = message("send", "feed").put("replyAddress", "r2").encode();
        client.sendText(new JsonArray().add(first).add(second).encode());
        client.sendText(
                Json.encode(message("send", "feed").put("replyAddress", "r3").encode()));

        for (int i = 1; i <= 3; i++) {
            assertThat(client.nextText()).contains("\\\"address\\\":\\\"r" + i + "\\\"");
        }
    }

    @Test
    void whoOpensASocketOfSockJsAndDoesNotSpeakItIsSentAway() throws Exception {
        BridgeSocket client = loggedIn(SOCKJS);
        client.sendText("{\"type\":\"ping\"}");
        assertThat(client.nextText()).contains("\\\"failureCode\\\":1007");
        assertThat(client.nextText()).startsWith("c[1007,");
        assertThat(client.closeCode()).isEqualTo(1007);
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aMessageLargerThanAnyMayBeEndsTheConnectionBeforeItIsRead() throws Exception {
        BridgeSocket raw = loggedIn(RAW);
        raw.send("x".repeat(17 * 1024));
        assertThat(raw.closeCode()).isEqualTo(1009);
        BridgeSocket sockjs = loggedIn(SOCKJS);
        sockjs.send("x".repeat(33 * 1024));
        assertThat(sockjs.nextText()).contains("\\\"failureCode\\\":1009");
        assertThat(sockjs.nextText()).startsWith("c[1009,");
    }

    @Test
    void badMessagesAreAnsweredAndTheConnectionGoesOn() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        for (String bad : List.of(
                "",
                "nonsense",
                "[]",
                "{\"type\":\"send\"}",
                "{\"address\":\"feed\"}",
                "{\"type\":1,\"address\":\"feed\"}",
                "{\"type\":\"send\",\"address\":\"feed\",\"headers\":[]}",
                "{\"type\":\"send\",\"address\":\"\\ud800\"}",
                "{\"type\":\"send\",\"address\":\"feed\"} {}",
                "{\"type\":\"send\",\"address\":\"feed\",\"replyAddress\":\"" + "x".repeat(37) + "\"}",
                "{\"type\":\"send\",\"address\":\"feed\",\"body\":" + "[".repeat(5000) + "]".repeat(5000) + "}")) {
            client.send(bad);
            JsonObject err = client.next();
            assertThat(err.getString("type")).as(bad).isEqualTo("err");
            assertThat(err.getInteger("failureCode")).as(bad).isEqualTo(200);
        }
        client.send("{\"type\":\"dance\",\"address\":\"feed\"}");
        assertThat(client.next().getInteger("failureCode")).isEqualTo(201);
        client.sendBytes(new byte[] {'{', '"', (byte) 0xff, '"', '}'});
        assertThat(client.next().getString("message")).contains("UTF-8");
        client.send(message("send", "feed").put("replyAddress", "r"));
        assertThat(client.next().getString("address")).isEqualTo("r");
    }

    @Test
    void aMessageThatIsTooLargeClosesTheConnectionAndSaysSo() throws Exception {
        BridgeSocket raw = loggedIn(RAW);
        raw.send(message("publish", "feed").put("body", "x".repeat(16 * 1024)));
        assertThat(raw.closeCode()).isEqualTo(1009);
        BridgeSocket sockjs = loggedIn(SOCKJS);
        sockjs.send(message("publish", "feed").put("body", "x".repeat(16 * 1024)));
        assertThat(sockjs.nextText()).contains("\\\"failureCode\\\":1009");
        assertThat(sockjs.nextText()).isEqualTo("c[1009,\"message too big\"]");
    }

    @Test
    void pingsAreLifeAndOnlyARawSocketGetsPongs() throws Exception {
        BridgeSocket raw = raw();
        int before = server.gateway.alive.get();
        raw.send("{\"type\":\"ping\"}");
        assertThat(raw.nextText()).isEqualTo("{\"type\":\"pong\"}");
        assertThat(server.gateway.alive.get()).isEqualTo(before + 1);
        BridgeSocket sockjs = loggedIn(SOCKJS);
        sockjs.send("{\"type\":\"ping\"}");
        sockjs.send(message("send", "feed").put("replyAddress", "marker"));
        assertThat(sockjs.nextText()).contains("marker");
    }

    @Test
    void aClientThatNeverPingsLivesAsLongAsItsSocketAndOneThatPingsMustGoOn() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        server.gateway.settle();
        int silent = server.gateway.alive.get();
        server.gateway.tell(new ServerFrame.Ping());
        server.gateway.settle();
        server.gateway.settle();
        assertThat(server.gateway.alive).hasValue(silent + 1);
        client.send("{\"type\":\"ping\"}");
        assertThat(client.next().getString("type")).isEqualTo("pong");
        server.gateway.tell(new ServerFrame.Ping());
        server.gateway.settle();
        server.gateway.settle();
        assertThat(server.gateway.alive).hasValue(silent + 2);
    }

    @Test
    void aCloseSaysItsCodeAsFarAsTheTransportCan() throws Exception {
        BridgeSocket raw = loggedIn(RAW);
        BridgeSocket sockjs = loggedIn(SOCKJS);
        server.gateway.close(CloseCode.TOKEN_EXPIRED);
        assertThat(raw.closeCode()).isEqualTo(4003);
        assertThat(sockjs.nextText()).contains("\\\"failureCode\\\":4003", "token_expired");
        assertThat(sockjs.nextText()).isEqualTo("c[4003,\"token expired\"]");
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aPollingClientReadsWhyBeforeItIsSentAway() throws Exception {
        String session = "/eventbus/000/polling1/xhr";
        assertThat(post(session, "")).isEqualTo("o\n");
        String login =
                authorized(message("send", "feed").put("replyAddress", "r")).encode();
        assertThat(post(session + "_send", new JsonArray().add(login).encode())).isEmpty();
        assertThat(post(session, "")).startsWith("a[").contains("duplicate");
        server.gateway.close(CloseCode.DRAINING);
        assertThat(post(session, "")).startsWith("a[").contains("\\\"failureCode\\\":4010");
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(post(session, "")).startsWith("c[3000");
    }

    @Test
    void aLostPositionClosesTheConnection() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        register(client, "feed");
        server.gateway.lose("feed");
        assertThat(client.closeCode()).isEqualTo(4006);
    }

    @Test
    void aClientThatDoesNotReadIsCutOff() throws Exception {
        for (String path : List.of(RAW, SOCKJS)) {
            BridgeSocket client = loggedIn(path);
            register(client, "feed");
            client.stopReading();
            String data = "\"" + "x".repeat(30_000) + "\"";
            // More than the sockets of both sides hold, and the queue on top.
            for (int i = 0; i < 1000; i++) {
                server.gateway.deliver("feed", List.of(publication(i + 2, data)));
                server.gateway.settle();
            }
            assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).as(path).isNotNull();
            client.readOn();
            // Who reads on before the bound has passed may still find the reason behind what was sent.
            assertThat(client.closeCode()).as("the connection has ended").isIn(1006, 4004);
        }
    }

    @Test
    void aClientThatStopsReadingForAWhileIsToldWhatItMissed() throws Exception {
        for (String path : List.of(RAW, SOCKJS)) {
            BridgeSocket client = loggedIn(path);
            register(client, "drop:" + (path.equals(RAW) ? 1 : 2));
            String channel = "drop:" + (path.equals(RAW) ? 1 : 2);
            client.stopReading();
            int last = 1000;
            for (int i = 1; i <= last; i++) {
                server.gateway.publish(channel, "\"" + "x".repeat(30_000) + "\"");
                server.gateway.settle();
            }
            assertThat(server.gateway.ended).isEmpty();
            client.readOn();

            Continuity seen = new Continuity(0);
            while (seen.position() < last) {
                follow(seen, client, channel);
            }
            assertThat(seen.gaps()).isPositive();
            assertThat(seen.messages()).isGreaterThan(TransportServer.MAX_BACKLOG_MESSAGES / 4);
            client.close();
            assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** What a bridge client sees next: over SockJS one frame can hold several messages. */
    private static void follow(Continuity seen, BridgeSocket client, String channel) throws Exception {
        String text = client.nextText();
        JsonArray messages = text.startsWith("a[") ? new JsonArray(text.substring(1)) : new JsonArray().add(text);
        for (Object each : messages) {
            JsonObject message = new JsonObject((String) each);
            assertThat(message.getString("address")).isEqualTo(channel);
            JsonObject headers = message.getJsonObject("headers");
            if (message.getString("type").equals("err")) {
                assertThat(message.getString("failureType")).isEqualTo("gap");
                assertThat(message.getInteger("failureCode")).isEqualTo(4004);
                seen.gap(Long.parseLong(headers.getString("missed")), Long.parseLong(headers.getString("offset")));
            } else {
                seen.message(Long.parseLong(headers.getString("offset")));
            }
        }
    }

    @Test
    void aMoveIsAnEventThatThePublishedClientHandsOn() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        server.gateway.tell(new ServerFrame.Reconnect("draining", Duration.ofSeconds(20), ""));
        JsonObject event = client.next();
        assertThat(event.getString("event")).isEqualTo("reconnect");
        assertThat(event.getJsonObject("message").getInteger("within_ms")).isEqualTo(20000);
        server.gateway.tell(new ServerFrame.Unsubscribed(0, "feed", 203, "no longer allowed"));
        assertThat(client.next())
                .isEqualTo(new JsonObject()
                        .put("type", "err")
                        .put("address", "feed")
                        .put("failureCode", 203)
                        .put("failureType", "unsubscribed")
                        .put("message", "no longer allowed")
                        .put("body", "unsubscribed"));
    }

    @Test
    void verticlesAreToldWhoSentAndNeverTheToken() throws Exception {
        BlockingQueue<Message<Object>> heard = new LinkedBlockingQueue<>();
        await(vertx.eventBus().consumer("demo.in.box", heard::add).completion());
        BridgeSocket client = raw();
        JsonObject headers = new JsonObject()
                .put("Authorization", "Bearer token-alice")
                .put("Carillon-User", "root")
                .put("colour", "red");
        client.send(
                message("publish", "demo.in.box").put("headers", headers).put("body", new JsonObject().put("a", 1)));
        Message<Object> message = heard.poll(30, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        assertThat(message.body()).isEqualTo(new JsonObject().put("a", 1));
        assertThat(message.headers().names()).containsExactlyInAnyOrder("colour", "carillon-user", "carillon-session");
        assertThat(message.headers().getAll("carillon-user")).containsExactly("alice");
    }

    @Test
    void aRequestWithoutAVerticleAndOneThatFailsSaySo() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        client.send(message("send", "demo.in.nobody").put("replyAddress", "r1"));
        JsonObject nobody = client.next();
        assertThat(nobody.getInteger("failureCode")).isEqualTo(208);
        assertThat(nobody.getString("failureType")).isEqualTo("NO_HANDLERS");
        JsonObject fail = new JsonObject().put("code", 42).put("message", "sold out");
        client.send(message("send", TransportServer.ECHO)
                .put("replyAddress", "r2")
                .put("body", new JsonObject().put("fail", fail)));
        JsonObject failed = client.next();
        assertThat(failed.getInteger("failureCode")).isEqualTo(42);
        assertThat(failed.getString("failureType")).isEqualTo("RECIPIENT_FAILURE");
        assertThat(failed.getString("message")).isEqualTo("sold out");
    }

    @Test
    void whatIsPublishedOnTheBusReachesAllAndWhatIsSentReachesOneWhoMayReply() throws Exception {
        BridgeSocket one = loggedIn(RAW);
        BridgeSocket two = loggedIn(RAW);
        one.send(message("register", "demo.out.a"));
        settle(one);
        two.send(message("register", "demo.out.a"));
        settle(two);
        DeliveryOptions headers = new DeliveryOptions().addHeader("colour", "red");
        vertx.eventBus().publish("demo.out.a", new JsonObject().put("n", 1), headers);
        for (BridgeSocket client : List.of(one, two)) {
            assertThat(client.nextText())
                    .isEqualTo("{\"type\":\"rec\",\"address\":\"demo.out.a\",\"body\":{\"n\":1},"
                            + "\"headers\":{\"colour\":\"red\"}}");
        }
        for (BridgeSocket client : List.of(one, two)) {
            Future<Message<Object>> answer = vertx.eventBus().request("demo.out.a", "who?");
            JsonObject asked = client.next();
            client.send(message("send", asked.getString("replyAddress")).put("body", "me"));
            assertThat(await(answer).body()).isEqualTo("me");
            client.send(message("send", asked.getString("replyAddress")).put("body", "again"));
            assertThat(client.next().getString("failureType")).isEqualTo("permission_denied");
        }
    }

    @Test
    void whenTheLastSocketLeavesTheAddressIsTakenOffTheBus() throws Exception {
        BridgeSocket one = loggedIn(RAW);
        BridgeSocket two = loggedIn(RAW);
        one.send(message("register", "demo.out.a"));
        two.send(message("register", "demo.out.a"));
        settle(one, two);
        one.close();
        assertThat(server.gateway.ended.poll(30, TimeUnit.SECONDS)).isNotNull();
        vertx.eventBus().publish("demo.out.a", 1);
        assertThat(two.next().getInteger("body")).isEqualTo(1);
        two.send(message("unregister", "demo.out.a"));
        settle(two);
        assertThatThrownBy(() -> await(vertx.eventBus().request("demo.out.a", 2)))
                .hasCauseInstanceOf(ReplyException.class)
                .satisfies(failed -> assertThat(((ReplyException) failed.getCause()).failureType())
                        .isEqualTo(ReplyFailure.NO_HANDLERS));
        two.send(message("unregister", "demo.out.a"));
        assertThat(two.next().getString("failureType")).isEqualTo("not_subscribed");
    }

    @Test
    void registrationsAreBounded() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        for (int i = 0; i < 4; i++) {
            client.send(message("register", "demo.out." + i));
        }
        JsonObject err = client.next();
        assertThat(err.getString("address")).isEqualTo("demo.out.3");
        assertThat(err.getInteger("failureCode")).isEqualTo(204);
        client.send(message("register", "demo.out.0"));
        assertThat(client.next().getString("failureType")).isEqualTo("already_subscribed");
    }

    @Test
    void aFloodIsRefusedAndThenEnded() throws Exception {
        BridgeSocket client = loggedIn(RAW);
        for (int i = 0; i < 1000; i++) {
            client.send(message("send", "demo.in.flood"));
        }
        assertThat(client.next().getInteger("failureCode")).isEqualTo(103);
        assertThat(client.closeCode()).isEqualTo(4007);
    }

    @Test
    void aForeignPageIsKeptOut() throws Exception {
        WebClient http = WebClient.create(clients);
        for (String path : List.of("/eventbus/info", "/eventbus/000/s/eventsource", "/eventbus/iframe.html")) {
            HttpResponse<Buffer> foreign = await(http.get(server.port(), "127.0.0.1", path)
                    .putHeader("Origin", "https://evil.example.org")
                    .send());
            assertThat(foreign.statusCode()).isEqualTo(403);
        }
        HttpResponse<Buffer> known = await(http.get(server.port(), "127.0.0.1", "/eventbus/info")
                .putHeader("Origin", TransportServer.ORIGIN)
                .send());
        assertThat(known.statusCode()).isEqualTo(200);
        assertThat(known.getHeader("Access-Control-Allow-Origin")).isEqualTo(TransportServer.ORIGIN);
        for (String path : List.of(RAW, SOCKJS)) {
            assertThatThrownBy(
                            () -> BridgeSocket.connect(clients, server.port(), path, "Origin", "https://evil.example"))
                    .isInstanceOf(ExecutionException.class)
                    .satisfies(failed -> assertThat(((UpgradeRejectedException) failed.getCause()).getStatus())
                            .isEqualTo(403));
        }
        BridgeSocket own =
                BridgeSocket.connect(clients, server.port(), RAW, "Origin", "http://127.0.0.1:" + server.port());
        own.send("{\"type\":\"ping\"}");
        assertThat(own.next().getString("type")).isEqualTo("pong");
    }

    private BridgeSocket raw() throws Exception {
        return BridgeSocket.connect(clients, server.port(), RAW);
    }

    /** Forgets the commands that it took. */
    private BridgeSocket loggedIn(String path) throws Exception {
        BridgeSocket client = BridgeSocket.connect(clients, server.port(), path);
        if (path.equals(SOCKJS)) {
            assertThat(client.nextText()).isEqualTo("o");
        }
        client.send(authorized(message("send", "tick:login").put("replyAddress", "login")));
        assertThat(client.nextText()).contains("duplicate");
        server.gateway.commands.clear();
        return client;
    }

    /** Registers, and waits for the first publication. */
    private static void register(BridgeSocket client, String channel) throws InterruptedException {
        client.send(message("register", channel));
        client.send(message("register", channel));
        assertThat(client.nextText()).contains("already_subscribed");
        if (channel.equals("feed")) {
            client.send(message("publish", channel));
            assertThat(client.nextText()).contains("user_id");
        }
    }

    /** What they sent before has been done. */
    private static void settle(BridgeSocket... clients) throws InterruptedException {
        for (BridgeSocket client : clients) {
            client.send(message("send", "tick:marker").put("replyAddress", "marker"));
            assertThat(client.next().getString("address")).isEqualTo("marker");
        }
    }

    private String post(String path, String body) throws Exception {
        return String.valueOf(await(WebClient.create(clients)
                                .post(server.port(), "127.0.0.1", path)
                                .putHeader("Content-Type", "text/plain")
                                .sendBuffer(Buffer.buffer(body)))
                        .bodyAsString(StandardCharsets.UTF_8.name()))
                .replace("null", "");
    }

    private static JsonObject message(String type, String address) {
        return new JsonObject().put("type", type).put("address", address);
    }

    private static JsonObject authorized(JsonObject message) {
        return message.put("headers", new JsonObject().put("Authorization", "Bearer token-alice"));
    }

    private static JsonObject position(String epoch, String offset) {
        return new JsonObject().put("epoch", epoch).put("offset", offset);
    }

    private static Publication publication(long offset, String json) {
        return new Publication(new ChannelName("feed"), new StreamPosition("e1", offset), Payload.json(json), null, 1L);
    }

    private static PresenceChange join() {
        return new PresenceChange(new ChannelName("feed"), "e", 1, true, new Member("bob", "s", "{}", 1, "node"));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
