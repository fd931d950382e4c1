package dev.carillon.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What clients are shown at a URL: whether it is encrypted, by whose certificate, and for how long. */
final class TlsCheck {
    private static final String NAME = "tls";
    private static final int TIMEOUT_MS = 5000;
    private static final int HTTPS = 443;
    private static final Duration SOON = Duration.ofDays(21);

    private final URI url;
    private final Instant now;

    TlsCheck(URI url, Instant now) {
        this.url = url;
        this.now = now;
    }

    List<Finding> findings() {
        String host = String.valueOf(url.getHost());
        if ("https".equals(url.getScheme())) {
            return encrypted(host, url.getPort() < 0 ? HTTPS : url.getPort());
        }
        boolean loopback = host.startsWith("127.") || host.equals("localhost") || host.equals("[::1]");
        return List.of(
                loopback
                        ? Finding.ok(NAME, url + " is this machine, without TLS")
                        : Finding.warn(
                                NAME,
                                url + " is not encrypted: whoever is on the way reads tokens and messages",
                                "set tls.certificate and tls.key, or have a proxy end TLS before the node"));
    }

    private List<Finding> encrypted(String host, int port) {
        List<Finding> findings = new ArrayList<>();
        try {
            findings.add(expiry(shown(host, port)));
        } catch (IOException | GeneralSecurityException e) {
            return List.of(Finding.bad(
                    NAME, url + " does not speak TLS: " + e.getMessage(), "check --url, and what ends TLS there"));
        }
        try (SSLSocket socket = connect(SSLContext.getDefault(), host, port)) {
            findings.add(Finding.ok(
                    NAME,
                    "it is believed for " + host + ", with "
                            + socket.getSession().getProtocol()));
        } catch (SSLException e) {
            findings.add(Finding.bad(
                    NAME,
                    "it is not believed for " + host + ": " + e.getMessage(),
                    "have it made for this name, and shown with its intermediate certificates; one of an authority of your"
                            + " own has to be known to clients"));
        } catch (IOException | GeneralSecurityException e) {
            findings.add(Finding.bad(NAME, url + " cannot be reached: " + e.getMessage(), "check --url"));
        }
        return findings;
    }

    private Finding expiry(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        String found = "the certificate of " + certificate.getSubjectX500Principal() + " ends at " + end;
        String cure = "renew it; whatever ends TLS has to read it anew";
        if (end.isBefore(now)) {
            return Finding.bad(NAME, found, cure);
        }
        return end.isBefore(now.plus(SOON)) ? Finding.warn(NAME, found, cure) : Finding.ok(NAME, found);
    }

    /** The certificate as it is shown, believed or not. */
    private static X509Certificate shown(String host, int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anything()}, null);
        try (SSLSocket socket = connect(context, host, port)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLSocket connect(SSLContext context, String host, int port) throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
        plain.setSoTimeout(TIMEOUT_MS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Only to look at what is shown; nothing is sent over such a connection. */
    private static final class Anything extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
