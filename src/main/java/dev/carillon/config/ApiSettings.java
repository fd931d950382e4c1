package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.List;

/**
 * Who may call {@code /api}: the holder of a key, or of a token whose {@code scope} claim holds {@code carillon:api}.
 *
 * @param keys secrets of at least 16 characters, sent as {@code X-API-Key}
 * @param maxBodyBytes largest request body
 */
public record ApiSettings(@Secret List<String> keys, int maxBodyBytes) {
    public static final ApiSettings DEFAULTS = new ApiSettings(List.of(), 1024 * 1024);

    public ApiSettings {
        for (String key : keys) {
            require(
                    key.length() >= 16,
                    "api.keys must each have at least 16 characters; make one with: openssl rand -hex 16");
        }
        require(maxBodyBytes >= 1024, "api.max-body-bytes must be at least 1024, was " + maxBodyBytes);
        keys = List.copyOf(keys);
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "ApiSettings[keys=" + keys.size() + ", maxBodyBytes=" + maxBodyBytes + "]";
    }
}
