package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * What a node tells an OpenTelemetry collector.
 *
 * @param traces the collector's address for traces, OTLP over HTTP, as {@code http://collector:4318/v1/traces}; empty for none
 * @param service the name that the spans have as {@code service.name}
 */
public record TelemetrySettings(String traces, String service) {
    public static final TelemetrySettings DEFAULTS = new TelemetrySettings("", "carillon");

    public TelemetrySettings {
        require(
                traces.isEmpty() || isHttp(traces),
                "telemetry.traces must be an address such as http://collector:4318/v1/traces, was " + traces);
        require(!service.isBlank(), "telemetry.service must not be empty");
    }

    private static boolean isHttp(String address) {
        try {
            URI uri = new URI(address);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
