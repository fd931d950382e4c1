package dev.carillon.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.hazelcast.config.Config;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.ops.DocumentedMetrics;
import dev.carillon.verticle.Node;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The manifests: each meets the schema that Kubernetes publishes of its kind, as the official client checks it, and they fit
 * one another and what a node reads.
 */
class KubernetesFilesTest {
    private static final Path FOLDER = Path.of("cluster/kubernetes");
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Secret", Secret.class,
            "v1/Service", Service.class,
            "apps/v1/StatefulSet", StatefulSet.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class);

    private static final Map<String, Schema> SCHEMAS = Map.of(
            "v1/ConfigMap", V1ConfigMap::validateJsonElement,
            "v1/Secret", V1Secret::validateJsonElement,
            "v1/Service", V1Service::validateJsonElement,
            "apps/v1/StatefulSet", V1StatefulSet::validateJsonElement,
            "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement,
            "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement);

    private static List<HasMetadata> all;
    private static List<JsonNode> manifests;

    @TempDir
    Path directory;

    @BeforeAll
    static void read() throws IOException {
        ObjectMapper strict = new ObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                // The types would keep whatever they do not know.
                .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                    @Override
                    public Boolean hasAnySetter(Annotated a) {
                        return false;
                    }
                });
        all = new ArrayList<>();
        manifests = new ArrayList<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (MappingIterator<JsonNode> documents =
                        new YAMLMapper().readerFor(JsonNode.class).readValues(file.toFile())) {
                    for (JsonNode document : documents.readAll()) {
                        String kind = kind(document);
                        assertThat(KINDS).as("kind in %s", file).containsKey(kind);
                        manifests.add(document);
                        all.add(strict.treeToValue(document, KINDS.get(kind)));
                    }
                }
            }
        }
    }

    private static String kind(JsonNode document) {
        return document.path("apiVersion").asText() + "/"
                + document.path("kind").asText();
    }

    /** Fails with {@link IllegalArgumentException} on a field that is unknown, missing, or of another type. */
    private interface Schema {
        void check(JsonElement document) throws IOException;
    }

    private static void check(JsonNode document) throws IOException {
        SCHEMAS.get(kind(document)).check(JsonParser.parseString(document.toString()));
    }

    @Test
    void eachMeetsTheSchemaOfItsKind() throws IOException {
        assertThat(manifests).hasSizeGreaterThan(KINDS.size());
        for (JsonNode document : manifests) {
            check(document);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "apps/v1/StatefulSet, /spec, selector, ",
        "apps/v1/StatefulSet, /spec/template/spec/containers/0, name, ",
        "apps/v1/StatefulSet, /spec/template/spec/containers/0, image, []",
        "apps/v1/StatefulSet, /spec, replica, 3",
        "apps/v1/StatefulSet, /spec/template/spec/containers/0/readinessProbe, periodSecond, 5",
        "v1/Service, /spec/ports/0, port, ",
        "autoscaling/v2/HorizontalPodAutoscaler, /spec, maxReplicas, ",
        "networking.k8s.io/v1/NetworkPolicy, /spec, ingres, []",
        "policy/v1/PodDisruptionBudget, /spec/selector, matchLabel, {}"
    })
    void whatDoesNotMeetItIsFound(String kind, String at, String field, String value) throws IOException {
        JsonNode wrong = manifests.stream()
                .filter(document -> kind(document).equals(kind))
                .findFirst()
                .orElseThrow()
                .deepCopy();
        ObjectNode object = (ObjectNode) wrong.at(at);
        if (value == null) {
            assertThat(object.remove(field)).isNotNull();
        } else {
            object.set(field, new ObjectMapper().readTree(value));
        }

        assertThatThrownBy(() -> check(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(field);
    }

    private static <T extends HasMetadata> List<T> every(Class<T> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static <T extends HasMetadata> T one(Class<T> kind) {
        assertThat(every(kind)).as(kind.getSimpleName()).hasSize(1);
        return every(kind).get(0);
    }

    private static PodTemplateSpec pod() {
        return one(StatefulSet.class).getSpec().getTemplate();
    }

    private static Container container() {
        assertThat(pod().getSpec().getContainers()).hasSize(1);
        return pod().getSpec().getContainers().get(0);
    }

    @Test
    void everyKindIsThere() {
        Set<Class<?>> kinds = new HashSet<>();
        all.forEach(resource -> kinds.add(resource.getClass()));
        assertThat(kinds).containsExactlyInAnyOrderElementsOf(KINDS.values());
    }

    @Test
    void everySelectorFindsThePods() {
        Map<String, String> labels = pod().getMetadata().getLabels();
        assertThat(one(StatefulSet.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(one(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(one(NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(every(Service.class))
                .hasSize(2)
                .allSatisfy(
                        service -> assertThat(service.getSpec().getSelector()).isEqualTo(labels));
        assertThat(one(HorizontalPodAutoscaler.class)
                        .getSpec()
                        .getScaleTargetRef()
                        .getName())
                .isEqualTo(one(StatefulSet.class).getMetadata().getName());
    }

    @Test
    void membersFindOneAnotherBeforeTheyAreReadyAndByTheNameInTheHazelcastFile() throws Exception {
        String members = one(StatefulSet.class).getSpec().getServiceName();
        Service headless = every(Service.class).stream()
                .filter(service -> service.getMetadata().getName().equals(members))
                .findFirst()
                .orElseThrow();
        assertThat(headless.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(headless.getSpec().getPublishNotReadyAddresses()).isTrue();

        String file = one(ConfigMap.class).getData().get("hazelcast.yaml");
        String shipped = Files.readString(Path.of("cluster/hazelcast-kubernetes.yaml"));
        assertThat(shipped).endsWith(file);
        Config config = Config.loadFromString(file);
        var join = config.getNetworkConfig().getJoin();
        assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
        assertThat(join.getKubernetesConfig().getProperty("service-dns")).isEqualTo(members);
        assertThat(join.getKubernetesConfig().getProperty("service-port"))
                .isEqualTo(String.valueOf(config.getNetworkConfig().getPort()));
        assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.isAutoDetectionEnabled()).isFalse();
        assertThat(config.getNetworkConfig().getPort()).isEqualTo(port("member"));
    }

    @Test
    void aNodeTakesItsSettingsFromTheConfigMapAndItsEnvironment() throws Exception {
        Settings settings = settings();

        assertThat(settings.http().port()).isEqualTo(port("http"));
        assertThat(settings.bus().port()).isEqualTo(port("bus"));
        assertThat(settings.bus().host()).isEqualTo("10.1.2.3");
        assertThat(settings.cluster().file())
                .isEqualTo(directory.resolve("hazelcast.yaml").toString());
        assertThat(container().getVolumeMounts())
                .anySatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo("/etc/carillon"));
        assertThat(container().getArgs()).containsExactly("node", "--config", "/etc/carillon/carillon.yaml");
        assertThat(pod().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThanOrEqualTo(
                        settings.drain().timeout().plus(Node.STOP_LIMIT).toSeconds());
    }

    private Settings settings() throws IOException {
        // As the pod has them, but for the folder.
        for (Map.Entry<String, String> mounted : one(ConfigMap.class).getData().entrySet()) {
            Files.writeString(
                    directory.resolve(mounted.getKey()),
                    mounted.getValue().replace("/etc/carillon", directory.toString()));
        }
        Path file = directory.resolve("carillon.yaml");
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : container().getEnv()) {
            var from = variable.getValueFrom();
            if (from.getSecretKeyRef() != null) {
                assertThat(from.getSecretKeyRef().getName())
                        .isEqualTo(one(Secret.class).getMetadata().getName());
                assertThat(one(Secret.class).getStringData())
                        .containsKey(from.getSecretKeyRef().getKey());
                environment.put(variable.getName(), "a-secret-that-is-long-enough-for-hs256");
            } else {
                assertThat(from.getFieldRef().getFieldPath()).isEqualTo("status.podIP");
                environment.put(variable.getName(), "10.1.2.3");
            }
        }
        return SettingsLoader.load(new SettingsSources(false, file, environment, List.of(), directory));
    }

    @Test
    void thePortsOfMembersAreForPodsOnly() {
        for (NetworkPolicyIngressRule rule : one(NetworkPolicy.class).getSpec().getIngress()) {
            Set<String> ports = new TreeSet<>();
            rule.getPorts().forEach(port -> ports.add(port.getPort().getStrVal()));
            if (rule.getFrom().isEmpty()) {
                assertThat(ports).containsExactly("http");
            } else {
                assertThat(ports).containsExactly("bus", "member");
                assertThat(rule.getFrom())
                        .allSatisfy(from -> assertThat(from.getPodSelector().getMatchLabels())
                                .isNotEmpty());
            }
            ports.forEach(KubernetesFilesTest::port);
        }
        for (Service service : every(Service.class)) {
            for (ServicePort port : service.getSpec().getPorts()) {
                port(port.getTargetPort().getStrVal());
            }
        }
    }

    @Test
    void probesAskWhatANodeAnswers() {
        assertThat(container().getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
        assertThat(container().getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        assertThat(container().getStartupProbe().getHttpGet().getPath()).isEqualTo("/health/live");
        Stream.of(
                        container().getReadinessProbe(),
                        container().getLivenessProbe(),
                        container().getStartupProbe())
                .forEach(probe -> port(probe.getHttpGet().getPort().getStrVal()));
    }

    @Test
    void nobodyIsRootAndNothingIsWritten() {
        assertThat(pod().getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(container().getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container().getSecurityContext().getAllowPrivilegeEscalation())
                .isFalse();
        assertThat(container().getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void theNumberOfNodesFollowsAMeterThatExists() {
        var metric = one(HorizontalPodAutoscaler.class).getSpec().getMetrics().get(0);
        assertThat(DocumentedMetrics.read().rows())
                .containsKey(metric.getPods().getMetric().getName());
        assertThat(one(HorizontalPodAutoscaler.class).getSpec().getMinReplicas())
                .isEqualTo(one(StatefulSet.class).getSpec().getReplicas());
    }

    /** The number of a named port of the container; fails if it has none. */
    private static int port(String name) {
        return container().getPorts().stream()
                .filter(port -> port.getName().equals(name))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no port " + name));
    }
}
