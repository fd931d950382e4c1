package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.TestKeys;
import dev.carillon.testing.Bystander;
import dev.carillon.testing.TestNode;
import dev.carillon.testing.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, for how long, and with what code everybody else is sent away. */
@Timeout(60)
class AuthenticationIT {
    private static final String ISSUER = "https://login.example.org";
    private static final String AUDIENCE = "carillon-test";
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final KeyPair RSA = TestKeys.rsa(2048);

    @TempDir
    private static Path directory;

    private static TestNode node;
    private static Bystander bystander;

    @BeforeAll
    static void start() throws IOException {
        Path pem = Files.writeString(directory.resolve("public.pem"), TestKeys.pem(RSA.getPublic()));
        node = TestNode.start(
                "auth.keys=" + pem,
                "auth.issuer=" + ISSUER,
                "auth.audience=" + AUDIENCE,
                "auth.leeway=0s",
                "limits.connections-per-user=5",
                "auth.grace=" + GRACE.toMillis() + "ms");
        bystander = new Bystander(node);
    }

    @AfterAll
    static void stop() {
        bystander.close();
        node.stop();
    }

    @AfterEach
    void othersGoOn() {
        bystander.assertStillServed();
    }

    // --- the first frame

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"subscribe\",\"id\":3,\"channel\":\"lobby\"}",
                "{\"type\":\"publish\",\"id\":3,\"channel\":\"lobby\",\"data\":1}",
                "{\"type\":\"publish\",\"id\":3,\"channel\":\"lobby\",\"binary\":true}",
                "{\"type\":\"refresh\",\"id\":3,\"token\":\"x\"}",
                "{\"type\":\"ping\",\"id\":3}",
                "{\"type\":\"pong\",\"id\":3}"
            })
    void aFirstFrameThatIsNotAuthIsAnsweredWith4001(String first) {
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(first);

        JsonObject error = client.next("auth_error");
        assertThat(error.getInteger("code")).isEqualTo(4001);
        assertThat(error.getLong("id")).isEqualTo(3);
        assertThat(client.closeCode()).isEqualTo(4001);
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rubbish",
                "{\"type\":\"dance\"}",
                "{\"type\":\"auth\"}",
                "{\"type\":\"auth\",\"token\":\"\"}",
                "{\"type\":\"auth\",\"token\":7}",
                "{\"type\":\"auth\",\"token\":\"x\",\"subscribe\":[{}]}",
                "{\"type\":\"auth\",\"token\":\"x\",\"subscribe\":{}}",
                "{\"type\":\"auth\",\"token\":\"x\",\"client\":{\"name\":7}}"
            })
    void aFirstFrameThatCannotBeReadIsAnErrorAndTheEnd(String first) {
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(first);

        assertThat(client.next("error").getInteger("code")).isEqualTo(first.contains("dance") ? 201 : 200);
        assertThat(client.closeCode()).isEqualTo(4001);
        client.close();
    }

    @Test
    void whatComesBehindTheFirstFrameWaitsUntilItIsBelieved() {
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(auth(node.token("hasty")));
        client.send("{\"type\":\"publish\",\"id\":2,\"channel\":\"lobby:hasty\",\"data\":1}");

        assertThat(client.reply(2).getString("type")).isEqualTo("ack");
        assertThat(client.frames().get(0).getString("type")).isEqualTo("auth_success");
        client.close();
    }

    @Test
    void whatComesBehindAFirstFrameThatIsNotBelievedIsNeverDone() {
        WsClient reader = WsClient.login(node, "reader", "lobby:never");
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(auth("rubbish"));
        client.send("{\"type\":\"publish\",\"id\":2,\"channel\":\"lobby:never\",\"data\":\"stolen\"}");
        assertThat(client.closeCode()).isEqualTo(4001);

        reader.publish(2, "lobby:never", "marker");

        assertThat(reader.next("message").getString("data")).isEqualTo("marker");
        client.close();
        reader.close();
    }

    // --- tokens

    @Test
    void tokensOfTheSecretAndOfTheKeyAreBelieved() {
        for (String token : new String[] {
            TestKeys.hmac(TestNode.SECRET, claims("good")),
            TestKeys.signed("RS256", RSA.getPrivate(), claims("good")),
            TestKeys.hmac(
                    TestNode.SECRET,
                    claims("good").put("aud", new JsonArray().add("other").add(AUDIENCE)))
        }) {
            WsClient client = WsClient.loginWith(node, token, new JsonArray());
            assertThat(client.frames().get(0).getString("user_id")).isEqualTo("good");
            client.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void aTokenThatIsNotBelievedIsAnsweredWith4001(String what, String phrase, String token) {
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(auth(token));

        JsonObject error = client.next("auth_error");
        assertThat(error.getInteger("code")).isEqualTo(4001);
        assertThat(error.getString("error")).startsWith(phrase);
        assertThat(client.closeCode()).isEqualTo(4001);
        client.close();
    }

    static Stream<Arguments> badTokens() {
        String publicKey = TestKeys.pem(RSA.getPublic());
        String good = TestKeys.hmac(TestNode.SECRET, claims("mallory"));
        String payload = good.split("\\.")[1];
        KeyPair stranger = TestKeys.rsa(2048);
        return Stream.of(
                token("no token at all", "Invalid token", "abc"),
                token("three dots", "Invalid token", "..."),
                token("no JSON", "Invalid token", "e30.e30.e30"),
                token("9,000 characters", "Token too large", "a".repeat(9_000)),
                token("another secret", "Invalid token", TestKeys.hmac("x".repeat(40), claims("mallory"))),
                token(
                        "another key",
                        "Invalid token",
                        TestKeys.signed("RS256", stranger.getPrivate(), claims("mallory"))),
                token("a signature cut off", "Invalid token", good.substring(0, good.lastIndexOf('.') + 1)),
                token("claims of another token", "Invalid token", withPayload(good, claims("admin"))),
                token("alg:none", "Invalid token", encode("{\"alg\":\"none\"}") + "." + payload + "."),
                token(
                        "alg:None, signed",
                        "Invalid token",
                        encode("{\"alg\":\"None\"}") + good.substring(good.indexOf('.'))),
                token("no alg", "Invalid token", encode("{}") + good.substring(good.indexOf('.'))),
                token("the public key as a secret", "Invalid token", TestKeys.hmac(publicKey, claims("mallory"))),
                token(
                        "the stripped public key as a secret",
                        "Invalid token",
                        TestKeys.hmac(publicKey.strip(), claims("m"))),
                token(
                        "the secret's signature under RS256",
                        "Invalid token",
                        encode("{\"alg\":\"RS256\"}") + good.substring(good.indexOf('.'))),
                token("expired", "Token expired", hmac(claims -> claims.put("exp", at(Duration.ofSeconds(-1))))),
                token("never expires", "Invalid token: no exp", hmac(claims -> claims.remove("exp"))),
                token("expires some day", "Invalid token", hmac(claims -> claims.put("exp", "tomorrow"))),
                token(
                        "not yet valid",
                        "Token not yet valid",
                        hmac(claims -> claims.put("nbf", at(Duration.ofMinutes(1))))),
                token(
                        "made tomorrow",
                        "Token not yet valid",
                        hmac(claims -> claims.put("iat", at(Duration.ofDays(1))))),
                token("another issuer", "Invalid token: wrong issuer", hmac(claims -> claims.put("iss", ISSUER + "/"))),
                token("no issuer", "Invalid token: wrong issuer", hmac(claims -> claims.remove("iss"))),
                token("another audience", "Invalid token: wrong audience", hmac(claims -> claims.put("aud", "bank"))),
                token("no audience", "Invalid token: wrong audience", hmac(claims -> claims.remove("aud"))),
                token("nobody", "Invalid token: no sub", hmac(claims -> claims.remove("sub"))),
                token("a user with a space", "Invalid token: sub", hmac(claims -> claims.put("sub", "a b"))),
                token("a long user", "Invalid token: sub", hmac(claims -> claims.put("sub", "u".repeat(129)))),
                token("a refresh token", "Invalid token", hmac(claims -> claims.put("typ", "refresh"))),
                token("a channel token", "Invalid token", hmac(claims -> claims.put("channel", "lobby:x"))));
    }

    private static Arguments token(String what, String phrase, String token) {
        return Arguments.of(what, phrase, token);
    }

    @Test
    void aTokenThatNoFrameMayHoldIsABadRequest() {
        WsClient client = WsClient.connect(node.vertx(), node.port(), "/ws");
        client.send(auth("a".repeat(20_000)));

        assertThat(client.next("error").getString("error")).startsWith("bad request: token must be at most");
        assertThat(client.closeCode()).isEqualTo(4001);
        client.close();
    }

    // --- while connected

    @Test
    void aConnectionEndsWith4003WhenItsTokenAndTheGraceAreOverUnlessItWasRefreshed() {
        Instant expires = Instant.now().plusMillis(5_000);
        String brief = hmac(claims -> claims.put("sub", "brief").put("exp", seconds(expires)));
        WsClient refreshed = WsClient.loginWith(node, brief, new JsonArray());
        WsClient forgetful = WsClient.loginWith(node, brief, new JsonArray());
        assertThat(forgetful.frames().get(0).getLong("expires_at")).isEqualTo(expires.toEpochMilli());

        refreshed.send(refresh(2, node.token("brief")));
        JsonObject reply = refreshed.reply(2);
        assertThat(reply.getString("type")).isEqualTo("refreshed");
        assertThat(reply.getLong("expires_at")).isGreaterThan(expires.toEpochMilli());

        assertThat(forgetful.closeCode()).isEqualTo(4003);
        assertThat(Instant.now()).isAfter(expires.plus(GRACE));
        assertThat(refreshed.publish(3, "lobby:brief", 1).getString("type")).isEqualTo("ack");
        refreshed.close();
        forgetful.close();
    }

    @Test
    void aRefreshWithABadTokenOrAnotherUsersIsRefusedAndChangesNothing() {
        WsClient client = WsClient.login(node, "steady");
        String own = node.token("steady");

        client.send(refresh(2, node.token("other")));
        client.send(refresh(3, own.substring(0, own.length() - 4)));
        client.send(refresh(4, hmac(claims -> claims.put("sub", "steady").put("exp", at(Duration.ofSeconds(-1))))));
        for (int id = 2; id <= 4; id++) {
            assertThat(client.reply(id).getString("type")).isEqualTo("error");
            assertThat(client.reply(id).getInteger("code")).isEqualTo(203);
        }

        client.send("{\"type\":\"publish\",\"id\":5,\"channel\":\"lobby:steady\",\"data\":1}");
        assertThat(client.reply(5).getString("type")).isEqualTo("ack");
        WsClient reader = WsClient.login(node, "reader2");
        reader.send("{\"type\":\"history\",\"id\":2,\"channel\":\"lobby:steady\"}");
        assertThat(reader.reply(2).getJsonArray("messages").getJsonObject(0).getString("user_id"))
                .isEqualTo("steady");
        reader.close();
        client.close();
    }

    @Test
    void aUserWhoIsRevokedIsClosedWith4401AndComesBackOnlyWithATokenMadeLater() {
        String old = node.token("revoked");
        WsClient phone = WsClient.loginWith(node, old, new JsonArray());
        WsClient desk = WsClient.login(node, "revoked");

        JsonObject revoked = node.api("users/revoked/revoke", new JsonObject());
        assertThat(revoked.getString("user_id")).isEqualTo("revoked");

        assertThat(phone.closeCode()).isEqualTo(4401);
        assertThat(desk.closeCode()).isEqualTo(4401);
        WsClient again = WsClient.connect(node.vertx(), node.port(), "/ws");
        again.send(auth(old));
        assertThat(again.next("auth_error").getInteger("code")).isEqualTo(4401);
        assertThat(again.closeCode()).isEqualTo(4401);
        WsClient fresh = WsClient.login(node, "revoked");
        for (WsClient client : new WsClient[] {phone, desk, again, fresh}) {
            client.close();
        }
    }

    @Test
    void aTokenThatIsRevokedByItsIdEndsItsConnectionAlone() {
        String stolen = hmac(claims -> claims.put("sub", "robbed").put("jti", "stolen-token"));
        WsClient thief = WsClient.loginWith(node, stolen, new JsonArray());
        WsClient owner = WsClient.login(node, "robbed");

        JsonObject revoked = node.api(
                "users/robbed/revoke",
                new JsonObject()
                        .put("token_id", "stolen-token")
                        .put("until", Instant.now().plusSeconds(60).toEpochMilli()));
        assertThat(revoked.getString("token_id")).isEqualTo("stolen-token");

        assertThat(thief.closeCode()).isEqualTo(4401);
        assertThat(owner.publish(2, "lobby:robbed", 1).getString("type")).isEqualTo("ack");
        thief.close();
        owner.close();
    }

    @Test
    void anOperatorMayCloseAUsersConnectionsWithACodeOfTheProtocol() {
        WsClient client = WsClient.login(node, "unwanted");

        JsonObject closed = node.api("users/unwanted/disconnect", new JsonObject().put("code", 4409));

        assertThat(closed.getInteger("connections")).isEqualTo(1);
        assertThat(client.closeCode()).isEqualTo(4409);
        client.close();
    }

    @Test
    void theSixthConnectionOfAUserIsClosedWith4429() {
        WsClient[] five = new WsClient[5];
        for (int i = 0; i < five.length; i++) {
            five[i] = WsClient.login(node, "crowd");
        }
        WsClient sixth = WsClient.connect(node.vertx(), node.port(), "/ws");
        sixth.send(auth(node.token("crowd")));

        assertThat(sixth.closeCode()).isEqualTo(4429);
        for (WsClient client : five) {
            assertThat(client.publish(2, "lobby:crowd", 1).getString("type")).isEqualTo("ack");
            client.close();
        }
        sixth.close();
    }

    // --- what tests say

    private static JsonObject auth(String token) {
        return new JsonObject().put("type", "auth").put("id", 1).put("token", token);
    }

    private static JsonObject refresh(long id, String token) {
        return new JsonObject().put("type", "refresh").put("id", id).put("token", token);
    }

    private static JsonObject claims(String user) {
        return new JsonObject()
                .put("sub", user)
                .put("iss", ISSUER)
                .put("aud", AUDIENCE)
                .put("iat", at(Duration.ofSeconds(-2)))
                .put("exp", at(Duration.ofMinutes(5)));
    }

    private static String hmac(Consumer<JsonObject> change) {
        JsonObject claims = claims("mallory");
        change.accept(claims);
        return TestKeys.hmac(TestNode.SECRET, claims);
    }

    private static BigDecimal at(Duration fromNow) {
        return seconds(Instant.now().plus(fromNow));
    }

    private static BigDecimal seconds(Instant time) {
        return BigDecimal.valueOf(time.toEpochMilli(), 3);
    }

    private static String withPayload(String token, JsonObject claims) {
        String[] parts = token.split("\\.");
        return parts[0] + "." + encode(claims.encode()) + "." + parts[2];
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
