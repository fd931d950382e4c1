package dev.carillon.transport;

import dev.carillon.config.HttpSettings;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may reach this node from a browser: those of the configured origins and those that the node's own host
 * served. A request without an {@code Origin} comes from no foreign page. Safe on any thread.
 */
public final class Origins {
    private static final String ANY = "*";

    private final boolean any;
    private final List<String> named;

    public Origins(HttpSettings http) {
        this.any = http.origins().contains(ANY);
        this.named = http.origins().stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .toList();
    }

    /**
     * @param origin the {@code Origin} header; null for none
     * @param host the {@code Host} header; null for none
     */
    public boolean allows(@Nullable String origin, @Nullable String host) {
        return origin == null || any || trusts(origin, host);
    }

    /**
     * Whether the origin is the node's own or configured by name, so that a page of it may also use cookies; what only
     * {@code *} allows may not.
     */
    public boolean trusts(String origin, @Nullable String host) {
        return named.contains(origin.toLowerCase(Locale.ROOT)) || isOwn(origin, host);
    }

    // Only host and port count: behind a proxy that ends TLS the node does not know the scheme.
    private static boolean isOwn(String origin, @Nullable String host) {
        int authority = origin.indexOf("://");
        return host != null && authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
    }
}
