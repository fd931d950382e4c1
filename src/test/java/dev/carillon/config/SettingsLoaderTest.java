package dev.carillon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.config.NamespaceSettings.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsLoaderTest {
    private static final String SECRET = "a-secret-that-is-long-enough-for-hs256";

    @TempDir
    Path directory;

    private boolean dev;
    private Path file;
    private final Map<String, String> environment = new HashMap<>(Map.of("CARILLON_AUTH_SECRET", SECRET));
    private final List<String> assignments = new ArrayList<>();

    private Settings load() {
        return SettingsLoader.load(new SettingsSources(dev, file, environment, assignments, directory));
    }

    private void yaml(String text) throws IOException {
        file = Files.writeString(directory.resolve("carillon.yaml"), text);
    }

    private String refusal() {
        try {
            Settings loaded = load();
            throw new AssertionError("was not refused: " + loaded);
        } catch (ConfigException e) {
            assertThat(e.getMessage()).isNotBlank().hasLineCount(1);
            return e.getMessage();
        }
    }

    @Test
    void withoutSourcesTheDefaultsHold() {
        Settings settings = load();

        assertThat(settings.http()).isEqualTo(HttpSettings.DEFAULTS);
        assertThat(settings.limits()).isEqualTo(LimitSettings.DEFAULTS);
        assertThat(settings.heartbeat()).isEqualTo(HeartbeatSettings.DEFAULTS);
        assertThat(settings.dev()).isFalse();
    }

    @Test
    void theBuiltInNamespacesAreAlwaysThere() {
        assertThat(load().namespaces()).containsOnlyKeys("user", "online");
        assertThat(load().namespaces().get("user").subscribe()).isEmpty();
        assertThat(load().namespaces().get("online").subscribe()).containsExactly(Access.ANY);
        assertThat(load().namespaces().get("online").publish()).isEmpty();
        assertThat(load().namespaces().get("online").historyTtl()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aBuiltInNamespaceKeepsWhatIsNotOverridden() {
        assignments.add("namespaces.online.history-size=7");

        assertThat(load().namespaces().get("online").historySize()).isEqualTo(7);
        assertThat(load().namespaces().get("online").subscribe()).containsExactly(Access.ANY);
    }

    @Test
    void laterSourcesWin() throws IOException {
        yaml("http: {port: 1, max-header-bytes: 2001, host: 10.0.0.1}");
        environment.put("CARILLON_HTTP_PORT", "2");
        environment.put("CARILLON_HTTP_MAX_HEADER_BYTES", "2002");
        assignments.add("http.port=3");
        assignments.add("http.port=4");

        assertThat(load().http())
                .isEqualTo(
                        new HttpSettings("10.0.0.1", 4, List.of(), Duration.ofSeconds(60), 2002, List.of(), "", false));
    }

    @Test
    void aFileSetsEveryKindOfValue() throws IOException {
        yaml("""
                http:
                  origins: [https://a.example, https://b.example]
                  idle-timeout: 90s
                cluster:
                  members: 10.0.0.1:5701, 10.0.0.2:5701
                heartbeat:
                  interval: PT5S
                auth:
                  token-in-query: true
                bus:
                  bridges: {prices.eur: feed:prices}
                namespaces:
                  feed:
                    subscribe: any
                    publish: [claim, OWN]
                    history-ttl: 2h
                    schema: {type: object, required: [a]}
                  empty:
                """);

        Settings settings = load();

        assertThat(settings.http().origins()).containsExactly("https://a.example", "https://b.example");
        assertThat(settings.http().idleTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.cluster().members()).containsExactly("10.0.0.1:5701", "10.0.0.2:5701");
        assertThat(settings.heartbeat().interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.auth().tokenInQuery()).isTrue();
        assertThat(settings.bus().bridges()).containsExactly(Map.entry("prices.eur", "feed:prices"));
        assertThat(settings.namespaces().get("feed").subscribe()).containsExactly(Access.ANY);
        assertThat(settings.namespaces().get("feed").publish()).containsExactly(Access.CLAIM, Access.OWN);
        assertThat(settings.namespaces().get("feed").historyTtl()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.namespaces().get("feed").schema())
                .containsEntry("type", "object")
                .containsEntry("required", List.of("a"));
        assertThat(settings.namespaces().get("empty")).isEqualTo(NamespaceSettings.DEFAULTS);
    }

    @Test
    void aNamespaceBeginsWithNobodyAllowed() {
        assignments.add("namespaces.feed.history-size=5");

        assertThat(load().namespaces().get("feed").subscribe()).isEmpty();
        assertThat(load().namespaces().get("feed").publish()).isEmpty();
    }

    @Test
    void theEnvironmentReachesNamespacesWhateverTheirPunctuation() throws IOException {
        yaml("namespaces: {Order-events: {subscribe: any}}");
        environment.put("CARILLON_NAMESPACES_ORDER_EVENTS_HISTORY_SIZE", "5");
        environment.put("CARILLON_NAMESPACES_TICKS_EPHEMERAL", "true");

        assertThat(load().namespaces()).containsOnlyKeys("user", "online", "Order-events", "ticks");
        assertThat(load().namespaces().get("Order-events").historySize()).isEqualTo(5);
        assertThat(load().namespaces().get("ticks").ephemeral()).isTrue();
    }

    @Test
    void theEnvironmentSplitsListsAndReadsMaps() {
        environment.put("CARILLON_CLUSTER_MEMBERS", "a:1, b:2");
        environment.put("CARILLON_NAMESPACES", "{feed: {subscribe: [claim, own]}}");
        environment.put("CARILLON_BUS_BRIDGES", "{prices: feed}");

        assertThat(load().cluster().members()).containsExactly("a:1", "b:2");
        assertThat(load().namespaces().get("feed").subscribe()).containsExactly(Access.CLAIM, Access.OWN);
        assertThat(load().bus().bridges()).containsExactly(Map.entry("prices", "feed"));
    }

    @Test
    void whatKubernetesPutsIntoTheEnvironmentIsNoSetting() {
        environment.put("CARILLON_SERVICE_HOST", "10.0.0.1");
        environment.put("CARILLON_SERVICE_PORT_HTTP", "80");
        environment.put("CARILLON_PORT", "tcp://10.0.0.1:80");
        environment.put("CARILLON_PORT_80_TCP_ADDR", "10.0.0.1");
        environment.put("CARILLON_HTTP_HOST", "");

        assertThat(load().http()).isEqualTo(HttpSettings.DEFAULTS);
    }

    @Test
    void assignmentsReachNamesWithDots() {
        assignments.add("namespaces.a.b.subscribe=any");
        assignments.add("bus.bridges.prices.eur=a.b:eur");

        assertThat(load().namespaces().get("a.b").subscribe()).containsExactly(Access.ANY);
        assertThat(load().bus().bridges()).containsExactly(Map.entry("prices.eur", "a.b:eur"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http.prot=1                           | http.prot is no setting (from --set): did you mean http.port?
            http.maxHeaderBytes=1                 | http.maxHeaderBytes is no setting (from --set): did you mean http.max-header-bytes?
            port=1                                | port is no setting (from --set): did you mean http.port?
            namespaces.feed.histroy-size=1        | namespaces.feed.histroy-size is no setting (from --set): did you mean namespaces.feed.history-size?
            http.port.x=1                         | http.port has no keys below it (from --set): set it whole
            http.port=eighty                      | http.port must be a whole number of at most 2147483647, was eighty (from --set)
            http.port=70000                       | http.port must be 0 to 65535, was 70000 (from --set)
            http=1                                | http must hold keys of its own, was 1 (from --set)
            presence.grace=10                     | presence.grace must be a duration like 250ms, 30s, 10m, 2h or 30d, was 10 (from --set)
            presence.grace=999999999999999d       | presence.grace must be a duration like 250ms, 30s, 10m, 2h or 30d, was 999999999999999d (from --set)
            heartbeat.interval=50ms               | heartbeat.interval must be at least 200ms, was 50ms (from --set)
            auth.token-in-query=yes               | auth.token-in-query must be true or false, was yes (from --set)
            namespaces.feed.subscribe=everyone    | namespaces.feed.subscribe must be one of any, own, claim, token, ask, was everyone (from --set)
            namespaces.feed.join-leave=true       | namespaces.feed.join-leave needs presence: true (from --set)
            namespaces.feed.schema=[              | namespaces.feed.schema:1 is not valid YAML
            namespaces.user.subscribe=any         | namespaces.user.subscribe must stay empty
            bus.bridges.prices=nowhere:eur        | bus.bridges.prices must be a channel of a known namespace, was nowhere:eur
            bus.bridges.carillon.publish=online   | bus.bridges.carillon.publish is an address of Carillon's own
            auth.keys=no/such.pem                 | auth.keys names a file that cannot be read, was no/such.pem
            cluster.file=no/such.yaml             | cluster.file cannot be read, was no/such.yaml
            http.port                             | --set must be path=value
            """)
    void aBadAssignmentIsRefusedInOneLineWithItsCure(String assignment, String message) {
        assignments.add(assignment);

        assertThat(refusal()).startsWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'http: {port: [1]}'               | http.port must be a whole number, was [1] (from FILE)
            'http: {port: 1.5}'               | http.port must be a whole number, was 1.5 (from FILE)
            'http: {port: }'                  | http.port has no value: give it one, or remove the key (from FILE)
            'presence: {grace: 5}'            | presence.grace needs a unit, like 5s or 5ms, was 5 (from FILE)
            'cluster: {name: 5}'              | cluster.name must be text: put it in quotes, was 5 (from FILE)
            'http.port: 1'                    | http.port must be nested (from FILE): write http: and below it port:
            'htpt: {}'                        | htpt is no setting (from FILE): did you mean http?
            '[1]'                             | FILE is no map of settings
            """)
    void aBadFileIsRefusedInOneLineWithItsCure(String text, String message) throws IOException {
        yaml(text);

        assertThat(refusal()).startsWith(message.replace("FILE", file.toString()));
    }

    @Test
    void badYamlIsRefusedWithFileAndLineAndWithoutItsText() throws IOException {
        yaml("http:\n  port: 1\nauth:\n\tsecret: " + SECRET + "\n");

        assertThat(refusal()).startsWith(file + ":4 is not valid YAML: ").doesNotContain(SECRET);
    }

    @Test
    void aKeyGivenTwiceIsRefused() throws IOException {
        yaml("http:\n  port: 1\n  port: 2\n");

        assertThat(refusal()).startsWith(file + ":3 is not valid YAML: ");
    }

    @Test
    void aMissingFileIsNamed() {
        file = directory.resolve("none.yaml");

        assertThat(refusal()).isEqualTo(file + " does not exist: give --config the path of a settings file");
    }

    @Test
    void anUnknownVariableNamesTheNearest() {
        environment.put("CARILLON_HTTP_PROT", "1");

        assertThat(refusal())
                .isEqualTo("CARILLON_HTTP_PROT is no setting (from the environment): did you mean CARILLON_HTTP_PORT?");
    }

    @Test
    void theFormOfTheLogIsCheckedWithTheSettings() {
        environment.put("CARILLON_LOG", "json");
        assertThat(load()).isNotNull();

        environment.put("CARILLON_LOG", "jsno");
        assertThat(refusal()).isEqualTo("CARILLON_LOG must be text or json, was jsno");
    }

    @Test
    void aBadVariableIsNamed() {
        environment.put("CARILLON_HTTP_PORT", "tcp://10.0.0.1:80");

        assertThat(refusal()).endsWith("was tcp://10.0.0.1:80 (from CARILLON_HTTP_PORT)");
    }

    @Test
    void aSecretIsNeverQuoted() throws IOException {
        environment.put("CARILLON_AUTH_SECRET", "too-short-a-secret");
        assertThat(refusal())
                .startsWith("auth.secret must be at least 32 bytes")
                .doesNotContain("too-short-a-secret");

        environment.remove("CARILLON_AUTH_SECRET");
        yaml("auth: {secret: [" + SECRET + "]}");
        assertThat(refusal()).startsWith("auth.secret must be text").doesNotContain(SECRET);

        yaml("auth: {secret: " + SECRET + "}\napi: {keys: [4242424242424242]}");
        assertThat(refusal()).startsWith("api.keys must be text").doesNotContain("4242");
    }

    @Test
    void withoutKeysTheSettingIsNamed() {
        environment.clear();

        assertThat(refusal()).startsWith("auth.secret or auth.keys must be set");
    }

    @Test
    void aSlowConsumersPolicyReadsBackAsItWasWritten() throws IOException {
        environment.put("CARILLON_NAMESPACES_QUOTES_SLOW_CONSUMER", "latest");
        environment.put("CARILLON_NAMESPACES_QUOTES_CONFLATION_KEY", "of.symbol");
        yaml("namespaces: {news: {slow-consumer: Drop-Oldest}}");
        Settings settings = load();

        NamespaceSettings quotes = settings.namespaces().get("quotes");
        assertThat(quotes.slowConsumer()).isEqualTo(NamespaceSettings.SlowConsumer.LATEST);
        assertThat(quotes.conflationKey()).isEqualTo("of.symbol");
        assertThat(settings.namespaces().get("news").slowConsumer())
                .isEqualTo(NamespaceSettings.SlowConsumer.DROP_OLDEST);
        String described = SettingsLoader.describe(settings);
        assertThat(described).contains("slow-consumer: drop-oldest", "slow-consumer: latest");
        yaml(described.replaceAll("secret: .*", "secret: " + SECRET));
        environment.clear();
        assertThat(load()).isEqualTo(settings);
    }

    @Test
    void aConflationKeyIsAPathAndNeedsLatest() throws IOException {
        yaml("namespaces: {news: {conflation-key: symbol}}");
        assertThat(refusal()).startsWith("namespaces.news.conflation-key needs slow-consumer: latest");
        yaml("namespaces: {news: {slow-consumer: latest, conflation-key: order..id}}");
        assertThat(refusal()).startsWith("namespaces.news.conflation-key must be field names joined by dots");
        yaml("namespaces: {news: {slow-consumer: newest}}");
        assertThat(refusal())
                .startsWith("namespaces.news.slow-consumer must be one of close, drop-oldest, latest, was newest");
        yaml("limits: {max-backlog-messages: 0}");
        assertThat(refusal()).startsWith("limits.max-backlog-messages must be at least 1");
    }

    @Test
    void aDescriptionMasksSecretsAndReadsBackAsTheSameSettings() throws IOException {
        environment.put("CARILLON_API_KEYS", "0123456789abcdef");
        environment.put("CARILLON_NAMESPACES_FEED_HISTORY_TTL", "90s");
        Settings settings = load();

        String described = SettingsLoader.describe(settings);
        assertThat(described)
                .doesNotContain(SECRET)
                .doesNotContain("0123456789abcdef")
                .contains("history-ttl: 90s")
                .contains("slow-consumer: close");
        assertThat(settings.toString()).doesNotContain(SECRET).doesNotContain("0123456789abcdef");

        yaml(described
                .replaceAll("secret: .*", "secret: " + SECRET)
                .replaceAll("keys: '\\*+'", "keys: 0123456789abcdef"));
        environment.clear();
        assertThat(load()).isEqualTo(settings);
    }

    @Test
    void developmentModeBringsKeysAndNamespaces() {
        environment.clear();
        dev = true;

        Settings settings = load();

        assertThat(settings.dev()).isTrue();
        assertThat(settings.auth().secret()).hasSizeGreaterThanOrEqualTo(32);
        assertThat(settings.api().keys()).hasSize(1);
        assertThat(settings.bus().requests()).containsExactly("demo.*");
        assertThat(settings.limits().messagesPerSecond()).isEqualTo(1_000_000);
        assertThat(settings.limits().connectionsPerUser()).isEqualTo(20);
        assertThat(settings.namespaces())
                .containsOnlyKeys(
                        "user",
                        "online",
                        "feed",
                        "messages",
                        "notifications",
                        "connections",
                        "simulation",
                        "assessments",
                        "cafe",
                        "lobby",
                        "tick");
        NamespaceSettings lobby = settings.namespaces().get("lobby");
        assertThat(lobby.presence() && lobby.joinLeave()).isTrue();
        assertThat(lobby.historySize()).isEqualTo(300);
        NamespaceSettings tick = settings.namespaces().get("tick");
        assertThat(tick.ephemeral()).isTrue();
        assertThat(tick.presence()).isFalse();
    }

    @Test
    void anySourceMayAskForDevelopmentModeAndStillOverridesIt() throws IOException {
        environment.clear();
        yaml("dev: true\nnamespaces: {lobby: {history-size: 9}}\nlimits: {messages-per-second: 50}");

        assertThat(load().namespaces().get("lobby").historySize()).isEqualTo(9);
        assertThat(load().namespaces().get("lobby").presence()).isTrue();
        assertThat(load().limits().messagesPerSecond()).isEqualTo(50);
    }

    @Test
    void developmentModeMakesNoKeysWhereTheyAreGiven() {
        dev = true;
        environment.put("CARILLON_API_KEYS", "0123456789abcdef");

        assertThat(load().auth().secret()).isEqualTo(SECRET);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theDefaultsSurviveTheTree() {
        assertThat(new SettingsTree().bind()).isEqualTo(Settings.DEFAULTS);
    }

    @Test
    void durationsReadBackAsTheyAreWritten() {
        for (String text : List.of("250ms", "30s", "90s", "10m", "2h", "30d", "0s")) {
            assertThat(DurationText.of(DurationText.parse(text))).isEqualTo(text);
        }
        assertThatThrownBy(() -> DurationText.parse("5 minutes")).isInstanceOf(IllegalArgumentException.class);
    }
}
