package dev.carillon.auth;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may connect. A browser says where a page comes from and cannot be made to lie; whoever sends no
 * {@code Origin} is no browser, and is let in. Immutable.
 */
public final class Origins {
    private final boolean any;
    private final Set<String> listed;

    /** @param origins {@code *}, or {@code https://app.example.org}; the node's own origin is always allowed */
    public Origins(List<String> origins) {
        any = origins.contains("*");
        listed = origins.stream().map(Origins::normal).collect(Collectors.toUnmodifiableSet());
    }

    public boolean allows(HttpServerRequest request) {
        return allows(request.headers());
    }

    /** @param headers of a request */
    public boolean allows(MultiMap headers) {
        List<String> origins = headers.getAll(HttpHeaders.ORIGIN);
        if (origins.isEmpty()) {
            return true;
        }
        return origins.size() == 1 && allows(origins.get(0), headers.get(HttpHeaders.HOST));
    }

    /**
     * Whether a page of the node's own or of an origin listed by name asks, so that it may read answers that were given
     * for its cookies. What only {@code *} allows may not.
     */
    public boolean trusts(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && trusts(origin, request.getHeader(HttpHeaders.HOST));
    }

    /** @param host what the {@code Host} header says; null if there is none */
    boolean allows(String origin, @Nullable String host) {
        return any || trusts(origin, host);
    }

    boolean trusts(String origin, @Nullable String host) {
        String normal = normal(origin);
        if (listed.contains(normal)) {
            return true;
        }
        int authority = normal.indexOf("://");
        // TLS often ends before the node, so that its own scheme is not known here.
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
