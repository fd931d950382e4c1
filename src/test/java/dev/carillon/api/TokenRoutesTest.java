package dev.carillon.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Identity;
import dev.carillon.auth.JwtAuthenticator;
import dev.carillon.auth.KeyRing;
import dev.carillon.auth.MemoryRevocations;
import dev.carillon.auth.RefreshTokens;
import dev.carillon.auth.Revocations;
import dev.carillon.auth.TokenSigner;
import dev.carillon.bus.BusRequests;
import dev.carillon.config.ApiSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenRoutesTest {
    private static final String KEY = "a-key-of-the-test";
    private static final String NAMED = "https://app.example.org";
    private static final AuthSettings SETTINGS = new AuthSettings(
            "0123456789abcdef0123456789abcdef",
            List.of(),
            AuthSettings.DEFAULTS.reload(),
            "",
            "",
            Duration.ZERO,
            AuthSettings.DEFAULTS.timeout(),
            AuthSettings.DEFAULTS.grace(),
            Duration.ofMinutes(15),
            Duration.ofDays(30),
            false);

    private volatile Instant now = Instant.parse("2026-01-28T10:00:00Z");
    private JwtAuthenticator authenticator;
    private KeyRing keys;
    private HttpNode node;

    @BeforeEach
    void start() {
        Vertx vertx = Vertx.vertx();
        Revocations revocations = new MemoryRevocations(() -> now);
        keys = HttpNode.await(KeyRing.load(vertx, SETTINGS, () -> now));
        authenticator = new JwtAuthenticator(vertx, keys, SETTINGS, revocations, () -> now);
        TokenSigner signer = new TokenSigner(vertx, SETTINGS, () -> now);
        Tokens tokens = new Tokens(
                new RefreshTokens(authenticator, signer, revocations, SETTINGS, () -> now),
                signer,
                SETTINGS,
                () -> now);
        ApiSettings api = new ApiSettings(List.of(KEY), List.of(), 16 * 1024, true);
        node = new HttpNode(vertx, router -> {
            new ApiRoutes(new RecordingGateway(), new RecordingOperations(), authenticator, api, () -> now)
                    .mount(router);
            new TokenRoutes(tokens, authenticator, api, List.of("*", NAMED)).mount(router);
            new DevRoutes(tokens, authenticator, new BusRequests(vertx), BusSettings.DEFAULTS).mount(router);
        });
    }

    @AfterEach
    void stop() {
        HttpNode.await(Future.join(authenticator.close(), keys.close()));
        node.close();
    }

    @Test
    void anApplicationsServerIsGivenATokenThatIsBelieved() {
        HttpResponse<Buffer> answer = token("{\"user_id\":\"alice\",\"info\":{\"name\":\"Alice\"},\"channels\":"
                + "[\"a\",\"b:*\"],\"publish\":[\"a\"],\"ttl\":60}");

        JsonObject body = answer.bodyAsJsonObject();
        assertThat(body.fieldNames()).containsExactlyInAnyOrder("user_id", "token", "access_token", "expires_at");
        assertThat(body.getLong("expires_at")).isEqualTo(now.plusSeconds(60).toEpochMilli());
        assertThat(body.getString("access_token")).isEqualTo(body.getString("token"));
        assertThat(answer.cookies()).isEmpty();
        Identity who = HttpNode.await(authenticator.authenticate(body.getString("token")));
        assertThat(who.userId()).isEqualTo("alice");
        assertThat(who.info()).isEqualTo("{\"name\":\"Alice\"}");
        assertThat(who.channels()).containsExactly("a", "b:*");
        assertThat(who.publish()).containsExactly("a");
        assertThat(who.scopes()).isEmpty();
        assertThat(who.expiresAt()).isEqualTo(now.plusSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"user_id\":\"a b\"}",
                "{\"user_id\":\"a\",\"ttl\":0}",
                "{\"user_id\":\"a\",\"ttl\":999999999}",
                "{\"user_id\":\"a\",\"info\":\"x\"}",
                "{\"user_id\":\"a\",\"channels\":[1]}"
            })
    void aTokenThatCannotBeIsRefused(String body) {
        assertThat(token(body).statusCode()).isEqualTo(400);
    }

    @Test
    void onlyAServerIsGivenTokensForOthers() {
        String user = token("{\"user_id\":\"mallory\"}").bodyAsJsonObject().getString("token");

        assertThat(node.post("/api/token", Map.of(), "{\"user_id\":\"alice\"}").statusCode())
                .isEqualTo(401);
        assertThat(node.post("/api/token", Map.of("Authorization", "Bearer " + user), "{\"user_id\":\"alice\"}")
                        .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/token/refresh/", "/api/token/refresh"})
    void aBrowserTradesItsCookieForATokenAndTheNextCookie(String path) {
        HttpResponse<Buffer> login = token("{\"user_id\":\"alice\",\"info\":{\"name\":\"Alice\"},\"refresh\":true}");
        DefaultCookie first = cookie(login);
        assertThat(login.bodyAsJsonObject().getString("refresh_token")).isEqualTo(first.value());
        assertThat(login.bodyAsJsonObject().getLong("refresh_expires_at"))
                .isEqualTo(now.plus(SETTINGS.refreshLife()).toEpochMilli());
        now = now.plusSeconds(1000);

        HttpResponse<Buffer> answer = refresh(path, first.value(), Map.of());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.getHeader("Cache-Control")).isEqualTo("no-store");
        JsonObject body = answer.bodyAsJsonObject();
        assertThat(body.containsKey("refresh_token")).isFalse();
        assertThat(body.getLong("expires_at"))
                .isEqualTo(now.plus(SETTINGS.accessLife()).toEpochMilli());
        Identity who = HttpNode.await(authenticator.authenticate(body.getString("access_token")));
        assertThat(who.userId()).isEqualTo("alice");
        assertThat(who.info()).isEqualTo("{\"name\":\"Alice\"}");
        DefaultCookie next = cookie(answer);
        assertThat(next.value()).isNotEqualTo(first.value());
        assertThat(refresh(path, next.value(), Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndOtherSites() {
        DefaultCookie cookie = cookie(token("{\"user_id\":\"alice\",\"refresh\":true}"));

        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(cookie.sameSite()).isEqualTo(SameSite.Strict);
        assertThat(cookie.path()).isEqualTo("/api/token");
        assertThat(cookie.maxAge()).isEqualTo(SETTINGS.refreshLife().toSeconds());
        assertThat(cookie.isSecure()).isFalse();
        assertThat(cookie(refresh("/api/token/refresh/", cookie.value(), Map.of("X-Forwarded-Proto", "https")))
                        .isSecure())
                .isTrue();
    }

    @Test
    void withoutACookieThatIsBelievedThereIsNoToken() {
        String access = token("{\"user_id\":\"alice\"}").bodyAsJsonObject().getString("token");

        for (HttpResponse<Buffer> answer : List.of(
                node.post("/api/token/refresh/", Map.of(), ""),
                refresh("/api/token/refresh/", "forged", Map.of()),
                refresh("/api/token/refresh/", access, Map.of()))) {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.getHeader("WWW-Authenticate")).startsWith("Bearer");
            assertThat(answer.bodyAsJsonObject().getJsonObject("error").getInteger("code"))
                    .isEqualTo(203);
            assertThat(answer.cookies()).isEmpty();
        }
    }

    @Test
    void pagesOfForeignSitesMayNotUseTheCookie() {
        String cookie =
                cookie(token("{\"user_id\":\"alice\",\"refresh\":true}")).value();
        String own = "http://127.0.0.1:" + node.port();

        for (String foreign : List.of("https://evil.example", "null", "http://127.0.0.1", own + ".evil.example")) {
            HttpResponse<Buffer> answer = refresh("/api/token/refresh/", cookie, Map.of("Origin", foreign));
            assertThat(answer.statusCode()).as(foreign).isEqualTo(403);
            assertThat(answer.getHeader("Access-Control-Allow-Origin")).isNull();
        }
        HttpResponse<Buffer> plainPage =
                refresh("/api/token/refresh/", cookie, Map.of("Origin", own, "X-Forwarded-Proto", "https"));
        assertThat(plainPage.statusCode()).isEqualTo(403);
        HttpResponse<Buffer> here = refresh("/api/token/refresh/", cookie, Map.of("Origin", own));
        assertThat(here.statusCode()).isEqualTo(200);
        assertThat(here.getHeader("Access-Control-Allow-Origin")).isNull();
    }

    @Test
    void pagesOfNamedSitesMayAskAndRead() {
        String cookie =
                cookie(token("{\"user_id\":\"alice\",\"refresh\":true}")).value();

        HttpResponse<Buffer> preflight =
                node.send(HttpMethod.OPTIONS, "/api/token/refresh/", Map.of("Origin", NAMED), Buffer.buffer());
        HttpResponse<Buffer> answer = refresh("/api/token/refresh/", cookie, Map.of("Origin", NAMED));

        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.getHeader("Access-Control-Allow-Methods")).isEqualTo("POST");
        assertThat(answer.statusCode()).isEqualTo(200);
        for (HttpResponse<Buffer> each : List.of(preflight, answer)) {
            assertThat(each.getHeader("Access-Control-Allow-Origin")).isEqualTo(NAMED);
            assertThat(each.getHeader("Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(each.getHeader("Vary")).isEqualToIgnoringCase("origin");
        }
        assertThat(node.send(
                                HttpMethod.OPTIONS,
                                "/api/token/refresh/",
                                Map.of("Origin", "https://evil.example"),
                                Buffer.buffer())
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void inDevelopmentAnybodyLogsInAsAnybody() {
        HttpResponse<Buffer> login = node.post("/dev/login", Map.of(), "{\"user_id\":\"bob\",\"name\":\"Bob <b>\"}");

        Identity who = HttpNode.await(
                authenticator.authenticate(login.bodyAsJsonObject().getString("token")));
        assertThat(who.userId()).isEqualTo("bob");
        assertThat(new JsonObject(who.info()).getString("name")).isEqualTo("Bob <b>");
        assertThat(refresh("/api/token/refresh/", cookie(login).value(), Map.of())
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.post("/dev/login", Map.of("Origin", "https://evil.example"), "{\"user_id\":\"bob\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(node.post("/dev/login", Map.of(), "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void theDemonstrationPageRunsNothingButItsOwnScript() {
        HttpResponse<Buffer> page = node.send(HttpMethod.GET, "/", Map.of(), Buffer.buffer());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.getHeader("Content-Security-Policy")).startsWith("default-src 'self'; connect-src 'self'");
        // The page, or how to build it where that was not done.
        assertThat(page.bodyAsString())
                .containsPattern("<div id=\"root\">|run scripts/demo")
                .doesNotContainPattern("(?i)\\son\\w+=|\\sstyle=|<style|javascript:|//\\w");
        assertThat(node.send(HttpMethod.GET, "/demo/../openapi.yaml", Map.of(), Buffer.buffer())
                        .statusCode())
                .isEqualTo(404);
    }

    private HttpResponse<Buffer> token(String body) {
        return node.post("/api/token", Map.of("X-API-Key", KEY), body);
    }

    private HttpResponse<Buffer> refresh(String path, String refreshToken, Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Cookie", "other=1; carillon_refresh=" + refreshToken);
        return node.post(path, all, "");
    }

    private static DefaultCookie cookie(HttpResponse<Buffer> answer) {
        assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(200);
        assertThat(answer.cookies()).hasSize(1);
        Cookie cookie = ClientCookieDecoder.STRICT.decode(answer.cookies().get(0));
        assertThat(cookie.name()).isEqualTo("carillon_refresh");
        return (DefaultCookie) cookie;
    }
}
