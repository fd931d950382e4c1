package dev.carillon.api;

import dev.carillon.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which sites' pages may use a browser's cookie: those of this node, and those that the settings name. {@code *} names
 * none here, because a cookie is a credential that pages do not need to know.
 */
final class CookieOrigins {
    private static final String HTTPS = "https";

    private final Set<String> named;

    /** @param named as {@code http.origins} has them */
    CookieOrigins(Collection<String> named) {
        this.named = named.stream()
                .filter(origin -> !origin.equals("*"))
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @throws Refusal if a page of a foreign site asks */
    void require(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !isOwn(request, origin) && !isNamed(origin)) {
            throw new Refusal(HttpResponseStatus.FORBIDDEN, ErrorCode.PERMISSION_DENIED, "origin is not allowed");
        }
    }

    /** Lets a page of a named site read the answer. */
    void admit(HttpServerRequest request, HttpServerResponse response) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        response.putHeader(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
        if (origin != null && isNamed(origin)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }

    /** Whether the browser sees TLS, here or at a proxy. */
    static boolean isTls(HttpServerRequest request) {
        String forwarded = request.getHeader("X-Forwarded-Proto");
        return request.isSSL()
                || (forwarded != null && forwarded.split(",", 2)[0].trim().equalsIgnoreCase(HTTPS));
    }

    private boolean isNamed(String origin) {
        return named.contains(origin.toLowerCase(Locale.ROOT));
    }

    // A proxy that ends TLS may not say so; but a plain page must not use what belongs to a page under TLS.
    private static boolean isOwn(HttpServerRequest request, String origin) {
        String[] parts = origin.split("://", 2);
        HostAndPort here = request.authority();
        if (parts.length != 2 || here == null || (isTls(request) && !parts[0].equalsIgnoreCase(HTTPS))) {
            return false;
        }
        return parts[1].equalsIgnoreCase(text(here));
    }

    private static String text(HostAndPort authority) {
        return authority.port() < 0 ? authority.host() : authority.host() + ":" + authority.port();
    }
}
