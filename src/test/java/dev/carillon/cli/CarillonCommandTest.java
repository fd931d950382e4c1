package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.config.AuthSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CarillonCommandTest {
    private static final String SECRET = "a-secret-that-is-long-enough-for-hs256";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node",
                "token",
                "publish",
                "subscribe",
                "trace",
                "nodes",
                "drain",
                "channels",
                "channel",
                "user",
                "disconnect",
                "revoke",
                "block",
                "unblock",
                "unsubscribe",
                "doctor",
                "check-config"
            })
    void everyCommandTellsItsUsageAndVersion(String name) {
        Run help = Run.of(name, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: carillon " + name);

        Run version = Run.of(name, "--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).startsWith("Carillon ");
    }

    @Test
    void theUsageListsCommandsAndExitCodes() {
        Run help = Run.of("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains("node", "token", "publish", "subscribe", "nodes", "check-config")
                .contains("Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nod",
                "node --prot 1",
                "token",
                "publish feed",
                "subscribe",
                "token --user a --ttl 5",
                "trace eve",
                "channels --sort size",
                "drain",
                "revoke",
                "revoke --everybody",
                "revoke a --token-id t"
            })
    void wrongUsageIsOneLineAndExitCode2(String line) {
        Run run = Run.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("carillon: ").hasLineCount(1).contains("--help");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void bashCompletesCommandsAndOptions(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(
                directory.resolve("complete"), Run.of("generate-completion").out());

        assertThat(completed(script, "carillon", "dra")).contains("drain");
        assertThat(completed(script, "carillon", "drain", "--fo")).contains("--force");
    }

    private static String completed(Path script, String... words) throws Exception {
        String line = "source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; _complete_carillon; echo \"${COMPREPLY[@]}\"";
        Process bash =
                new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
        return new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aNodeWithoutKeysRefusesToStartAndNamesTheSetting() {
        Run run = Run.of("node");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("carillon: auth.secret or auth.keys must be set")
                .hasLineCount(1);
    }

    @Test
    void aBadSettingStopsTheStartWithOneLine() {
        Run run = Run.of("node", "--set", "auth.secret=" + SECRET, "--set", "heartbeat.interval=soon");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToNormalizingNewlines("carillon: heartbeat.interval must be a duration like 250ms, 30s, 10m,"
                        + " 2h or 30d, was soon (from --set)\n");
    }

    @Test
    void checkConfigPrintsTheEffectiveSettingsWithoutSecrets(@TempDir Path directory) throws Exception {
        Path file =
                Files.writeString(directory.resolve("c.yaml"), "http: {port: 9000}\nauth: {secret: " + SECRET + "}\n");

        Run run = Run.of("check-config", "--config", file.toString(), "--set", "cluster.members=a:1,b:2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("port: 9000")
                .contains("- a:1")
                .contains("secret: '********'")
                .doesNotContain(SECRET);
    }

    @Test
    void checkConfigNamesTheFirstBadSetting() {
        Run run = Run.of("check-config", "--set", "htpt.port=1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualToNormalizingNewlines("carillon: htpt is no setting (from --set): did you mean http?\n");
    }

    @Test
    void aTokenIsBelievedWithTheSecretAndSaysWhatWasAsked() throws Exception {
        JsonObject claims = verified(Run.of(token(
                "--user",
                "7",
                "--name",
                "Ada",
                "--ttl",
                "2m",
                "--channels",
                "a,b:*",
                "--publish",
                "a",
                "--scope",
                "carillon:api",
                "--info",
                "{\"team\":\"x\"}")));

        assertThat(claims.getString("sub")).isEqualTo("7");
        assertThat(claims.getJsonArray("channels"))
                .isEqualTo(new JsonArray().add("a").add("b:*"));
        assertThat(claims.getJsonArray("publish")).isEqualTo(new JsonArray().add("a"));
        assertThat(claims.getString("scope")).isEqualTo("carillon:api");
        assertThat(claims.getJsonObject("info"))
                .isEqualTo(new JsonObject().put("team", "x").put("name", "Ada"));
        assertThat(claims.getDouble("exp") - claims.getDouble("iat")).isBetween(119.0, 122.0);
    }

    @Test
    void aTokenLivesAsLongAsTheSettingsSay() throws Exception {
        JsonObject claims = verified(Run.of(token("--user", "7")));

        assertThat(claims.getDouble("exp") - claims.getDouble("iat"))
                .isBetween(
                        AuthSettings.DEFAULTS.accessLife().toSeconds() - 1.0,
                        AuthSettings.DEFAULTS.accessLife().toSeconds() + 2.0);
    }

    @Test
    void aRefreshTokenOutlivesAnAccessToken() throws Exception {
        JsonObject claims = verified(Run.of(token("--user", "7", "--refresh")));

        assertThat(claims.getDouble("exp") - claims.getDouble("iat"))
                .isGreaterThan(AuthSettings.DEFAULTS.refreshLife().toSeconds() - 2.0);
    }

    @Test
    void withoutASecretNoTokenIsMade() {
        Run run = Run.of("token", "--user", "7");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("carillon: auth.secret must be set").hasLineCount(1);
    }

    @Test
    void aUserIdThatIsNoneIsRefused() {
        Run run = Run.of(token("--user", "a b"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("carillon: --user: ").hasLineCount(1);
    }

    @Test
    void theUrlIsOneThatABrowserOnThisMachineReaches() {
        assertThat(NodeCommand.url(false, "0.0.0.0", 8080)).isEqualTo("http://127.0.0.1:8080");
        assertThat(NodeCommand.url(true, "::1", 81)).isEqualTo("https://[::1]:81");
        assertThat(NodeCommand.url(false, "10.0.0.5", 82)).isEqualTo("http://10.0.0.5:82");
    }

    private static String[] token(String... more) {
        List<String> args = new ArrayList<>(List.of("token", "--set", "auth.secret=" + SECRET));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static JsonObject verified(Run run) throws Exception {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Vertx vertx = Vertx.vertx();
        try {
            JWTAuth verifier = JWTAuth.create(
                    vertx,
                    new JWTAuthOptions()
                            .addPubSecKey(
                                    new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(SECRET)));
            String token = run.out().strip();
            User user = verifier.authenticate(new TokenCredentials(token))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            assertThat(user.subject()).isNotBlank();
            return new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(token.split("\\.")[1])));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }
}
