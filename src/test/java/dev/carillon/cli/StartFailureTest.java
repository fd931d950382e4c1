package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.cluster.HazelcastMember;
import dev.carillon.cluster.NodeIdentity;
import dev.carillon.config.ClusterSettings;
import dev.carillon.config.ConfigException;
import dev.carillon.config.Settings;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each failure is a real one: the same parts fail for the same reason as in a node. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StartFailureTest {
    private static Settings settings(String... assignments) {
        return SettingsLoader.read(new SettingsSources(false, null, Map.of(), List.of(assignments), Path.of("")));
    }

    private static String line(Throwable cause, Settings settings) {
        StartFailure failure = StartFailure.of(new ExecutionException(cause), settings);
        assertThat(failure.exitCode()).isEqualTo(1);
        assertThat(failure.line()).hasLineCount(1);
        return failure.line();
    }

    private static Throwable failed(Future<?> future) {
        try {
            throw new AssertionError("did not fail: "
                    + future.toCompletionStage().toCompletableFuture().join());
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private static Throwable listening(boolean nativeTransport, String host, int port) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
        try {
            return failed(vertx.createHttpServer().requestHandler(request -> {}).listen(port, host));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static Throwable joining(ClusterSettings settings) {
        try {
            HazelcastMember.start(settings, NodeIdentity.fresh("test")).shutdown();
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("did not fail");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTakenHttpPortIsNamed(boolean nativeTransport) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Settings settings = settings("http.host=127.0.0.1", "http.port=" + port);

            assertThat(line(listening(nativeTransport, "127.0.0.1", port), settings))
                    .startsWith("http.port " + port + " is taken: ")
                    .contains("--set http.port=" + (port + 1));
        }
    }

    @Test
    void aTakenBusPortIsToldFromTheHttpPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Settings settings = settings("http.port=0", "bus.port=" + port);

            assertThat(line(listening(true, "127.0.0.1", port), settings))
                    .startsWith("bus.port " + port + " is taken: ");
        }
    }

    @Test
    void aTakenClusterPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Settings settings = settings("cluster.port=" + port);

            assertThat(line(joining(settings.cluster()), settings))
                    .startsWith("cluster.port " + port + " is taken: ")
                    .contains("--set cluster.port=" + (port + 1));
        }
    }

    @Test
    void aHostThatIsNotOfThisMachineIsNamed() {
        Settings http = settings("http.host=192.0.2.1", "http.port=0");
        assertThat(line(listening(true, "192.0.2.1", 0), http))
                .startsWith("http.host 192.0.2.1 is no address of this machine");

        Settings cluster = settings("cluster.host=192.0.2.1", "cluster.port=0");
        assertThat(line(joining(cluster.cluster()), cluster))
                .startsWith("cluster.host 192.0.2.1 is no address of this machine");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        Vertx vertx = Vertx.vertx();
        try {
            Throwable cause = failed(vertx.executeBlocking(() -> Files.readString(Path.of("no/such/key.pem"))));

            assertThat(line(cause, settings())).startsWith("cannot read no/such/key.pem (NoSuchFileException)");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void aBadSettingKeepsItsOwnWordsAndExitCode() {
        StartFailure failure =
                StartFailure.of(new ExecutionException(new ConfigException("auth.keys: no usable key")), settings());

        assertThat(failure).isEqualTo(new StartFailure("auth.keys: no usable key", 2));
    }

    @Test
    void whatIsNotForeseenIsStillOneLine() {
        assertThat(line(new IllegalStateException("broken"), settings()))
                .startsWith("cannot start: IllegalStateException: broken");
    }
}
