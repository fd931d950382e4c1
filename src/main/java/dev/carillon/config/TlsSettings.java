package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * Certificates, all as files in PEM.
 *
 * @param certificate what clients are shown, with its intermediates; empty for no TLS
 * @param key its private key, PKCS#8 and not encrypted
 * @param reload time between two looks at the two: new ones hold for new connections
 * @param busCertificate what this node shows other nodes on the event bus; empty for no TLS there
 * @param busKey its private key
 * @param busCa the authority of all nodes' certificates, and of nothing else: whoever has one of it is a node
 */
public record TlsSettings(
        String certificate, String key, Duration reload, String busCertificate, String busKey, String busCa) {
    public static final TlsSettings DEFAULTS = new TlsSettings("", "", Duration.ofMinutes(1), "", "", "");

    public TlsSettings {
        require(certificate.isEmpty() == key.isEmpty(), "tls.certificate needs tls.key, and tls.key tls.certificate");
        require(
                busCertificate.isEmpty() == busKey.isEmpty() && busKey.isEmpty() == busCa.isEmpty(),
                "tls.bus-certificate, tls.bus-key and tls.bus-ca need one another: set all three or none");
        require(reload.toMillis() >= 100, "tls.reload must be at least 100ms, was " + DurationText.of(reload));
    }

    /** Whether clients connect by TLS. */
    public boolean forClients() {
        return !certificate.isEmpty();
    }

    /** Whether nodes talk to one another by TLS, each showing a certificate. */
    public boolean forBus() {
        return !busCertificate.isEmpty();
    }
}
