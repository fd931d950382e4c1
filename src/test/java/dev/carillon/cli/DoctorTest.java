package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cli.Finding.State;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.testing.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoctorTest {
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    private Path directory;

    @Test
    void aMachineIsMeasuredByItsLimits() throws Exception {
        proc(
                "self/limits",
                "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 1048576  files\n");
        proc("sys/net/core/somaxconn", "128\n");
        proc("sys/fs/nr_open", "1048576\n");

        List<Finding> findings = new MachineCheck(new Proc(directory)).findings();

        assertThat(findings).extracting(Finding::state).containsExactly(State.OK, State.WARN, State.OK);
        assertThat(findings.get(1).found()).startsWith("net.core.somaxconn is 128: ");
        assertThat(findings.get(1).cure()).startsWith("sysctl -w net.core.somaxconn=4096");
        proc("self/limits", "Max open files            1024                 1024  files\n");
        assertThat(new MachineCheck(new Proc(directory)).findings().get(0).state())
                .isEqualTo(State.BAD);
        assertThat(new MachineCheck(Proc.here()).findings())
                .extracting(Finding::found)
                .noneMatch(found -> found.matches(".* is \\d: .*")); // Nowhere that small: a part of the number.
        assertThat(new MachineCheck(new Proc(directory.resolve("none"))).findings())
                .isEmpty();
    }

    @Test
    void portsThatOutgoingConnectionsAreGivenAreToBeReserved() throws Exception {
        Settings settings = settings("http.port=40000", "cluster.port=41000", "bus.port=5801");
        assertThat(new OutgoingPorts(new Proc(directory)).finding(settings)).isEmpty();
        proc("sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        proc("sys/net/ipv4/ip_local_reserved_ports", "\n");

        Finding both = new OutgoingPorts(new Proc(directory)).finding(settings).orElseThrow();

        assertThat(both.state()).isEqualTo(State.WARN);
        assertThat(both.found()).startsWith("http.port 40000, cluster.port 41000 are among ");
        assertThat(both.cure()).startsWith("sysctl -w net.ipv4.ip_local_reserved_ports=40000,41000, ");
        proc("sys/net/ipv4/ip_local_reserved_ports", "9000,39999-40000\n");
        Finding one = new OutgoingPorts(new Proc(directory)).finding(settings).orElseThrow();
        assertThat(one.found()).startsWith("cluster.port 41000 is among ");
        assertThat(one.cure()).contains("=9000,39999-40000,41000, ");
        proc("sys/net/ipv4/ip_local_reserved_ports", "40000,41000-41010\n");
        assertThat(new OutgoingPorts(new Proc(directory)).finding(settings)).isEmpty();
        proc("sys/net/ipv4/ip_local_reserved_ports", "\n");
        proc("sys/net/ipv4/ip_local_port_range", "41001\t60999\n");
        assertThat(new OutgoingPorts(new Proc(directory)).finding(settings)).isEmpty();
    }

    private void proc(String file, String text) throws Exception {
        Path path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void nodesThatDoNotAnswerOrCannotWriteAreBad() {
        assertThat(found(1)).extracting(Finding::state).containsExactly(State.WARN, State.OK, State.OK);
        assertThat(found(3, "minority", "silent", "unsafe"))
                .filteredOn(finding -> finding.check().equals("cluster"))
                .extracting(Finding::state)
                .containsExactly(State.OK, State.BAD, State.BAD, State.WARN);
        assertThat(found(2)).extracting(Finding::found).anyMatch(found -> found.startsWith("2 nodes"));
        assertThat(found(3)).extracting(Finding::state).containsOnly(State.OK);
    }

    @Test
    void clocksThatDifferAreBad() {
        String cluster = "{\"nodes\":[" + node("n0", "ready", NOW + 5_000) + "," + node("n1", "ready", NOW - 5_000)
                + "," + node("n2", "ready", NOW - 900) + "]}";

        assertThat(new MembershipCheck(ApiCommand.tree(cluster), NOW - 10, NOW).findings())
                .filteredOn(finding -> finding.check().equals("clock"))
                .extracting(Finding::found)
                .containsExactly(
                        "that of node n0 is 5 s ahead of this machine's",
                        "that of node n1 is 4 s behind this machine's",
                        "that of node n2 agrees with this machine's within 2 s");
    }

    private static List<Finding> found(int count, String... health) {
        StringBuilder nodes = new StringBuilder();
        for (int i = 0; i < count; i++) {
            nodes.append(i == 0 ? "" : ",").append(node("n" + i, i < health.length ? health[i] : "ready", NOW));
        }
        return new MembershipCheck(ApiCommand.tree("{\"nodes\":[" + nodes + "]}"), NOW, NOW).findings();
    }

    private static String node(String id, String health, long at) {
        return new JsonObject()
                .put("id", id)
                .put("version", "1")
                .put("health", health)
                .put("now", new JsonObject().put("at", at))
                .encode();
    }

    @Test
    void portsAreFreeOrANodesOrInTheWay() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String http = "127.0.0.1:" + taken.getLocalPort();
            Settings settings = settings("http.port=" + taken.getLocalPort(), "cluster.port=0");

            assertThat(new PortCheck(settings, Set.of(http)).findings())
                    .extracting(Finding::found)
                    .containsExactly("http.port " + http + " is a running node's");
            Finding inTheWay = new PortCheck(settings, Set.of()).findings().get(0);
            assertThat(inTheWay.state()).isEqualTo(State.WARN);
            assertThat(inTheWay.cure()).contains("sport = :" + taken.getLocalPort());
            taken.close();
            assertThat(new PortCheck(settings, Set.of()).findings())
                    .extracting(Finding::found)
                    .containsExactly("http.port " + http + " is free for a node");
        }
    }

    @Test
    void portsOfMembersAreForTheOtherNodesAndNobodyElse() {
        assertThat(new PortCheck(settings("http.port=0", "cluster.port=0", "cluster.members=localhost:1"), Set.of())
                        .findings())
                .extracting(Finding::found)
                .containsExactly("member localhost:1 does not answer");
        assertThat(new PortCheck(
                                settings(
                                        "http.port=0",
                                        "cluster.port=0",
                                        "bus.host=0.0.0.0",
                                        "cluster.members=192.0.2.1:1"),
                                Set.of())
                        .findings())
                .extracting(Finding::found)
                .contains(
                        "cluster.host is 127.0.0.1, but cluster.members names other machines: they cannot come",
                        "bus.host is 0.0.0.0: that port asks nobody who they are");
    }

    private Settings settings(String... assignments) {
        List<String> all = new ArrayList<>(List.of(assignments));
        all.add("http.host=127.0.0.1");
        return SettingsLoader.load(new SettingsSources(true, null, Map.of(), all, directory));
    }

    @Test
    void aCertificateIsLookedAtForItsEndAndItsName() {
        Vertx vertx = Vertx.vertx();
        try {
            SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
            HttpServer server = vertx.createHttpServer(
                            new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                    .requestHandler(request -> request.response().end())
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            URI url = URI.create("https://localhost:" + server.actualPort());

            List<Finding> now = new TlsCheck(url, Instant.now()).findings();
            assertThat(now).extracting(Finding::state).containsExactly(State.OK, State.BAD);
            assertThat(now.get(1).found()).startsWith("it is not believed for localhost: ");
            assertThat(new TlsCheck(url, Instant.MAX).findings().get(0).state()).isEqualTo(State.BAD);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void whatIsNotEncryptedIsForThisMachineOnly() {
        assertThat(new TlsCheck(URI.create("http://127.0.0.1:1"), Instant.now())
                        .findings()
                        .get(0)
                        .state())
                .isEqualTo(State.OK);
        assertThat(new TlsCheck(URI.create("http://chat.example.org"), Instant.now())
                        .findings()
                        .get(0)
                        .state())
                .isEqualTo(State.WARN);
    }

    @Test
    void withoutANodeTheRestIsLookedAt() {
        Run run = Run.of("doctor", "--json", "--url", "http://127.0.0.1:1", "--key", "k", "--set", "http.prot=1");

        JsonObject answer = new JsonObject(run.out());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(answer.getBoolean("ok")).isFalse();
        assertThat(answer.getJsonArray("findings").encode())
                .contains("not asked: http://127.0.0.1:1 cannot be reached")
                .contains("http.prot is no setting");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aPortOfThisMachinesOutgoingConnectionsIsFound() {
        String port = Proc.here().setting("net.ipv4.ip_local_port_range").split("\\s+")[1];

        Run run = Run.of(
                "doctor",
                "--json",
                "--url=http://127.0.0.1:1",
                "--key=k",
                "--dev",
                "--set=auth.secret=" + TestNode.SECRET,
                "--set=cluster.port=" + port);

        assertThat(run.out()).contains("cluster.port " + port + " is among the ports of outgoing connections");
    }
}
