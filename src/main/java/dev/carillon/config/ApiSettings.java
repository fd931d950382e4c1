package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may call {@code /api}: the holder of a key, or of a token whose {@code scope} claim holds {@code carillon:api}.
 *
 * @param keys secrets of at least 16 characters, sent as {@code X-API-Key}; what stands before the first colon, if it is
 *     a short word, is the key's name in the audit log
 * @param tenantKeys likewise, each after the name of the one tenant that it reaches, as {@code acme:secret}
 * @param maxBodyBytes largest request body
 * @param console whether the operators' console is served at {@code /console}
 */
public record ApiSettings(
        @Secret List<String> keys, @Secret List<String> tenantKeys, int maxBodyBytes, boolean console) {
    public static final ApiSettings DEFAULTS = new ApiSettings(List.of(), List.of(), 1024 * 1024, true);

    private static final Pattern NAMED = Pattern.compile("([a-z][a-z0-9-]{0,31}):(.*)");

    public ApiSettings {
        Set<String> names = new HashSet<>();
        for (String key : keys) {
            Matcher named = NAMED.matcher(key);
            boolean hasName = named.matches();
            require(
                    (hasName ? named.group(2) : key).length() >= 16,
                    "api.keys must each have at least 16 characters, after the name and colon if it has one; make one"
                            + " with: openssl rand -hex 16");
            require(
                    !hasName || names.add(named.group(1)),
                    "api.keys has two keys of one name: the audit log could not tell them apart");
        }
        for (String key : tenantKeys) {
            require(
                    key.matches("[a-zA-Z0-9_.-]{1,64}:.{16,}"),
                    "api.tenant-keys must each be a tenant's name, a colon and at least 16 characters");
        }
        require(maxBodyBytes >= 1024, "api.max-body-bytes must be at least 1024, was " + maxBodyBytes);
        keys = List.copyOf(keys);
        tenantKeys = List.copyOf(tenantKeys);
    }

    /** The keys by their names, {@code key-1}, {@code key-2} and so on by their places for those that have none. */
    public Map<String, String> keysByName() {
        Map<String, String> byName = new LinkedHashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            Matcher named = NAMED.matcher(keys.get(i));
            byName.put(named.matches() ? named.group(1) : "key-" + (i + 1), keys.get(i));
        }
        return byName;
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "ApiSettings[keys=" + keys.size() + ", tenantKeys=" + tenantKeys.size() + ", maxBodyBytes="
                + maxBodyBytes + ", console=" + console + "]";
    }
}
