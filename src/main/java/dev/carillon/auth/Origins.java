package dev.carillon.auth;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may reach this node from a browser: those of the configured origins and those that the node's own host
 * served. A browser says where a page comes from and cannot be made to lie; whoever sends no {@code Origin} is no
 * browser, and is let in. Immutable.
 */
public final class Origins {
    private static final String ANY = "*";

    private final boolean any;
    private final Set<String> named;

    /** @param origins {@code *}, or {@code https://app.example.org} */
    public Origins(Collection<String> origins) {
        any = origins.contains(ANY);
        named = origins.stream().map(Origins::normal).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a request's page may connect; a request with several origins comes from no browser that is in order. */
    public boolean allows(HttpServerRequest request) {
        List<String> origins = request.headers().getAll(HttpHeaders.ORIGIN);
        return origins.isEmpty()
                || (origins.size() == 1 && allows(origins.get(0), request.getHeader(HttpHeaders.HOST)));
    }

    /**
     * Whether a page may connect.
     *
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
        String normal = normal(origin);
        if (named.contains(normal)) {
            return true;
        }
        int authority = normal.indexOf("://");
        // Only host and port count: TLS often ends before the node, so that its own scheme is not known here.
        return host != null
                && authority > 0
                && withoutPort(normal.substring(authority + 3)).equals(withoutPort(host.toLowerCase(Locale.ROOT)));
    }

    private static String normal(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }

    // A default port may be written or not.
    private static String withoutPort(String authority) {
        if (authority.endsWith(":80")) {
            return authority.substring(0, authority.length() - 3);
        }
        return authority.endsWith(":443") ? authority.substring(0, authority.length() - 4) : authority;
    }
}
