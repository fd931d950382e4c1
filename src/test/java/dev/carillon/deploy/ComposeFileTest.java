package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code cluster/compose.yaml}: what the specification allows, with files that exist and nodes that would start. */
class ComposeFileTest {
    private static final Path FOLDER = Path.of("cluster");
    private static final Path SCHEMA = Path.of("src/test/resources/compose/compose-spec.json");

    private static JsonNode compose;

    @TempDir
    Path directory;

    @BeforeAll
    static void read() throws IOException {
        // Jackson does not know merge keys.
        Map<String, Object> merged = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(FOLDER.resolve("compose.yaml")));
        compose = new ObjectMapper().valueToTree(merged);
    }

    @Test
    void itMeetsTheSpecification() throws IOException {
        OutputUnit found = validate(new JsonObject(compose.toString()));
        assertThat(found.getValid()).as(String.valueOf(found.getErrors())).isTrue();

        JsonObject wrong = new JsonObject(compose.toString());
        wrong.getJsonObject("services").getJsonObject("carillon-1").put("healtcheck", new JsonObject());
        assertThat(validate(wrong).getValid()).isFalse();
    }

    private static OutputUnit validate(JsonObject document) throws IOException {
        // What its ids say is where they stand already, and some validators take them for another document.
        // Its durations are Compose's, such as 2m, and not those of ISO 8601.
        JsonObject schema = new JsonObject(Files.readString(SCHEMA)
                .replaceAll("\"id\": \"(#|compose_spec)[^\"]*\",", "")
                .replaceAll(", *\"format\": \"duration\"", ""));
        return Validator.create(
                        JsonSchema.of(schema),
                        new JsonSchemaOptions()
                                .setBaseUri("app://compose")
                                .setDraft(Draft.DRAFT201909)
                                .setOutputFormat(OutputFormat.Basic))
                .validate(document);
    }

    @Test
    void whatIsMountedExists() {
        int mounts = 0;
        for (JsonNode service : compose.get("services")) {
            for (JsonNode volume : service.path("volumes")) {
                assertThat(FOLDER.resolve(volume.asText().split(":", -1)[0])).exists();
                mounts++;
            }
        }
        assertThat(mounts).isEqualTo(8);
    }

    @Test
    void eachNodeHasAPlaceOfItsOwnAmongTheMembers() {
        Map<String, JsonNode> nodes = nodes();
        assertThat(nodes).hasSize(3);
        nodes.forEach((name, node) -> {
            Settings settings = settings(node);
            String address =
                    node.get("networks").get("members").get("ipv4_address").asText();
            assertThat(settings.cluster().host()).as(name).isEqualTo(address);
            assertThat(settings.bus().host()).as(name).isEqualTo(address);
            assertThat(settings.cluster().members())
                    .hasSize(3)
                    .contains(address + ":" + settings.cluster().port());
            String published = node.get("ports").get(0).asText();
            assertThat(published)
                    .isEqualTo(settings.http().publicUrl().replace("http://", "") + ":"
                            + settings.http().port());
            assertThat(settings.http().origins().toString())
                    .contains(settings.http().publicUrl());
        });
    }

    @Test
    void prometheusAsksEveryNodeAndHasTheRules() throws IOException {
        JsonNode config = new YAMLMapper()
                .readTree(FOLDER.resolve("compose/prometheus.yaml").toFile());
        JsonNode job = config.get("scrape_configs").get(0);
        List<String> targets = new ArrayList<>();
        job.get("static_configs").get(0).get("targets").forEach(target -> targets.add(target.asText()));

        // As conf/alerts.yaml has it.
        assertThat(job.get("job_name").asText()).isEqualTo("carillon");
        assertThat(targets)
                .containsExactlyElementsOf(
                        nodes().keySet().stream().map(name -> name + ":8080").toList());
        assertThat(compose.get("services").get("prometheus").get("volumes").toString())
                .contains(":" + config.get("rule_files").get(0).asText() + ":ro");
    }

    private static Map<String, JsonNode> nodes() {
        Map<String, JsonNode> nodes = new TreeMap<>();
        compose.get("services").properties().forEach(service -> {
            if (service.getKey().startsWith("carillon-")) {
                nodes.put(service.getKey(), service.getValue());
            }
        });
        return nodes;
    }

    private Settings settings(JsonNode node) {
        Map<String, String> environment = new HashMap<>();
        node.get("environment")
                .properties()
                .forEach(variable -> environment.put(
                        variable.getKey(),
                        variable.getValue()
                                .asText()
                                .replaceFirst("^\\$\\{.*", "a-secret-that-is-long-enough-for-hs256")));
        assertThat(node.get("command").toString()).isEqualTo("[\"node\",\"--config\",\"/etc/carillon/carillon.yaml\"]");
        return SettingsLoader.load(
                new SettingsSources(false, FOLDER.resolve("compose/carillon.yaml"), environment, List.of(), directory));
    }
}
