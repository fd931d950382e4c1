package dev.carillon.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.carillon.auth.TokenSigner;
import dev.carillon.bus.BusRequests;
import dev.carillon.config.ApiSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.ops.ConsoleRoutes;
import dev.carillon.ops.HealthRoutes;
import dev.carillon.ops.Metrics;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.NodeSample;
import dev.carillon.session.SessionReport;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiDocumentTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "options", "head", "patch");

    @Test
    void theDocumentAndTheRoutesNameEachOther() throws IOException {
        Set<String> mounted = new TreeSet<>();
        Vertx vertx = Vertx.vertx();
        try (Metrics metrics = new Metrics(Map.of());
                HttpNode node = new HttpNode(vertx, router -> {
                    mountAll(router, vertx, metrics);
                    router.getRoutes().forEach(route -> addTo(mounted, route));
                })) {
            JsonNode document = new YAMLMapper().readTree(fetch(node, "/api/openapi.yaml"));

            assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
            assertThat(documented(document)).isEqualTo(mounted).hasSizeGreaterThan(20);
            assertThat(new ObjectMapper().readTree(fetch(node, "/api/openapi.json")))
                    .isEqualTo(document);
            assertThat(brokenReferences(document, document)).isEmpty();
        }
    }

    @Test
    void theSchemasHaveTheFieldsOfWhatIsAnswered() throws IOException {
        JsonNode schemas = new YAMLMapper()
                .readTree(ApiDocumentTest.class.getResourceAsStream("/openapi.yaml"))
                .path("components")
                .path("schemas");

        assertThat(properties(schemas.path("NodeSample"))).isEqualTo(fields(NodeSample.class));
        assertThat(properties(schemas.path("Session"))).isEqualTo(fields(SessionReport.class));
        assertThat(properties(schemas.path("Node"))).isEqualTo(fields(NodeInfo.class));
        Set<String> channel = properties(schemas.path("Channel").path("allOf").path(0));
        channel.addAll(Set.of("epoch", "offset"));
        assertThat(channel).isEqualTo(fields(OperatorAnswer.Channel.class));
    }

    private static Set<String> properties(JsonNode schema) {
        Set<String> names = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> fields(Class<? extends Record> answer) {
        return Arrays.stream(answer.getRecordComponents())
                .map(component ->
                        component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void mountAll(Router router, Vertx vertx, Metrics metrics) {
        InstantSource clock = InstantSource.system();
        ScopedTokens authenticator = new ScopedTokens(vertx);
        AuthSettings auth = AuthSettings.DEFAULTS;
        // Only the routes are looked at: nothing signs here.
        Tokens tokens = new Tokens(null, (TokenSigner) null, auth, clock);
        new ApiRoutes(new RecordingGateway(), new RecordingOperations(), authenticator, ApiSettings.DEFAULTS, clock)
                .mount(router);
        new TokenRoutes(tokens, authenticator, ApiSettings.DEFAULTS, List.of()).mount(router);
        new DevRoutes(tokens, authenticator, new BusRequests(vertx), BusSettings.DEFAULTS).mount(router);
        new HealthRoutes(vertx, List.of(), List.of()).mount(router);
        metrics.routes().mount(router);
        new ConsoleRoutes().mount(router);
    }

    /** Routes with a method are operations; those without one refuse what is none. */
    private static void addTo(Set<String> mounted, Route route) {
        boolean assets = !route.isExactPath();
        if (route.methods() != null && !assets) {
            for (HttpMethod method : route.methods()) {
                mounted.add(method.name().toLowerCase(Locale.ROOT) + " "
                        + plain(route.getPath().replaceAll(":(\\w+)", "{$1}")));
            }
        }
    }

    private static Set<String> documented(JsonNode document) {
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        documented.add(method + " " + plain(path.getKey()));
                    }
                }));
        return documented;
    }

    private static Set<String> brokenReferences(JsonNode document, JsonNode within) {
        Set<String> broken = new TreeSet<>();
        within.findValuesAsText("$ref").stream()
                .filter(reference -> document.at(reference.substring(1)).isMissingNode())
                .forEach(broken::add);
        return broken;
    }

    private static String plain(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String fetch(HttpNode node, String path) {
        return node.send(HttpMethod.GET, path, Map.of(), Buffer.buffer()).bodyAsString();
    }
}
