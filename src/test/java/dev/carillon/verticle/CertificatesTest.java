package dev.carillon.verticle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.config.ConfigException;
import dev.carillon.config.TlsSettings;
import dev.carillon.testing.ClusterMember;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        ClusterMember.await(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"})
    void aCertificateIsTakenWithItsKeyAndNotWithAnother(String kind) throws Exception {
        make("mine", kind);
        make("other", kind);

        assertThat(ClusterMember.await(certificates("mine", "mine").first())).isNotNull();
        assertThatThrownBy(
                        () -> ClusterMember.await(certificates("mine", "other").first()))
                .hasMessageContaining("the key is not that of the certificate");
    }

    @Test
    void aKeyOfAnotherKindIsNotTaken() throws Exception {
        make("mine", "ec -pkeyopt ec_paramgen_curve:P-256");
        make("other", "rsa:2048");

        assertThatThrownBy(
                        () -> ClusterMember.await(certificates("mine", "other").first()))
                .isInstanceOf(ConfigException.class);
    }

    private Certificates certificates(String certificate, String key) {
        return new Certificates(
                vertx,
                new TlsSettings(
                        directory.resolve(certificate + ".pem").toString(),
                        directory.resolve(key + "-key.pem").toString(),
                        Duration.ofMinutes(1),
                        "",
                        "",
                        ""));
    }

    private void make(String name, String kind) throws Exception {
        Process made = new ProcessBuilder(List.of(
                        "sh",
                        "-c",
                        "openssl req -x509 -newkey " + kind + " -nodes -days 30 -subj /CN=localhost -keyout " + name
                                + "-key.pem -out " + name + ".pem"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).isZero();
    }
}
