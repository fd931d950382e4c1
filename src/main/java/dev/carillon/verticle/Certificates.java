package dev.carillon.verticle;

import dev.carillon.config.ConfigException;
import dev.carillon.config.TlsSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node shows of itself by TLS: to clients, whose certificate may be replaced while it runs, and to other nodes. */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    /** How keys of each kind sign that Vert.x reads. */
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    private final Vertx vertx;
    private final TlsSettings settings;
    private @Nullable PemKeyCertOptions shown;
    private boolean stopped;

    Certificates(Vertx vertx, TlsSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /** The certificate for clients as it is now; fails with {@link ConfigException} if it cannot be used. */
    private Future<PemKeyCertOptions> read() {
        return Future.all(file(settings.certificate()), file(settings.key())).compose(both -> {
            // As bytes, so that what was replaced differs from what was there.
            PemKeyCertOptions pem = new PemKeyCertOptions()
                    .addCertValue(both.<Buffer>resultAt(0))
                    .addKeyValue(both.<Buffer>resultAt(1));
            try {
                for (KeyManager manager : pem.getKeyManagerFactory(vertx).getKeyManagers()) {
                    if (manager instanceof X509KeyManager keys) {
                        requirePairs(keys);
                    }
                }
                return Future.succeededFuture(pem);
            } catch (Exception e) {
                return Future.failedFuture(new ConfigException("tls.certificate " + settings.certificate()
                        + " and tls.key " + settings.key()
                        + " cannot be used: give a chain and an unencrypted PKCS#8 key, both in PEM (" + e.getMessage()
                        + ")"));
            }
        });
    }

    /** Two files are not replaced at once: what one key signs the other has to believe, or no client would. */
    private static void requirePairs(X509KeyManager keys) throws GeneralSecurityException {
        for (Map.Entry<String, String> kind : SIGNATURES.entrySet()) {
            String[] aliases = keys.getServerAliases(kind.getKey(), null);
            for (String alias : aliases == null ? new String[0] : aliases) {
                Signature signature = Signature.getInstance(kind.getValue());
                signature.initSign(keys.getPrivateKey(alias));
                byte[] signed = signature.sign();
                signature.initVerify(keys.getCertificateChain(alias)[0].getPublicKey());
                if (!signature.verify(signed)) {
                    throw new InvalidKeyException("the key is not that of the certificate");
                }
            }
        }
    }

    private Future<Buffer> file(String path) {
        return vertx.fileSystem().readFile(path);
    }

    /** The certificate that clients are shown at first. */
    Future<PemKeyCertOptions> first() {
        return read().onSuccess(pem -> shown = pem);
    }

    /**
     * Looks from time to time whether there is another certificate, and has new connections shown it. For one of the servers
     * that share a port: it changes what all of them show, and two that do so at once lose connections.
     */
    void watch(HttpServer server) {
        if (!stopped) {
            vertx.setTimer(
                    settings.reload().toMillis(),
                    now -> read().compose(pem -> show(pem, server))
                            .onFailure(cause -> LOG.warn(
                                    "tls.certificate: what is there now cannot be used, the last one holds: {}",
                                    cause.toString()))
                            .onComplete(looked -> watch(server)));
        }
    }

    private Future<Boolean> show(PemKeyCertOptions pem, HttpServer server) {
        if (pem.equals(shown)) {
            return Future.succeededFuture(false);
        }
        return server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(pem))
                .onSuccess(changed -> {
                    shown = pem;
                    LOG.info("tls.certificate was replaced");
                });
    }

    void stop() {
        stopped = true;
    }

    /** Has nodes show one another certificates, and refuse whoever has none of theirs. */
    static EventBusOptions secure(EventBusOptions bus, TlsSettings settings) {
        return settings.forBus()
                ? bus.setSsl(true)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(settings.busCertificate())
                                .addKeyPath(settings.busKey()))
                        .setTrustOptions(new PemTrustOptions().addCertPath(settings.busCa()))
                : bus;
    }
}
