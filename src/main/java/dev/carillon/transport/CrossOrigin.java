package dev.carillon.transport;

import dev.carillon.auth.Origins;
import dev.carillon.config.HttpSettings;
import dev.carillon.protocol.CloseCode;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * What pages may read of an endpoint: those of the node's own and of named origins with cookies, those that only
 * {@code *} allows without. Immutable.
 */
public final class CrossOrigin {
    private final Origins origins;
    private final String methods;
    private final String headers;

    /**
     * @param methods that other origins may use, as a preflight's answer lists them
     * @param headers that they may send, likewise
     */
    public CrossOrigin(HttpSettings http, String methods, String headers) {
        this.origins = new Origins(http.origins());
        this.methods = methods;
        this.headers = headers;
    }

    /** Refuses foreign origins, answers preflights, and lets everything else go on to the next handler. */
    public void admit(RoutingContext routing) {
        HttpServerRequest request = routing.request();
        if (!origins.allows(request)) {
            HttpStatus.refuse(routing.response(), 403, CloseCode.FORBIDDEN.code(), "origin not allowed", "");
            return;
        }
        HttpServerResponse response = share(request, routing.response().putHeader("Vary", "Origin"));
        if (request.method().equals(HttpMethod.OPTIONS)) {
            response.setStatusCode(204)
                    .putHeader("Access-Control-Allow-Methods", methods)
                    .putHeader("Access-Control-Allow-Headers", headers)
                    .putHeader("Access-Control-Max-Age", "86400")
                    .end();
        } else {
            routing.next();
        }
    }

    private HttpServerResponse share(HttpServerRequest request, HttpServerResponse response) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return response;
        }
        return origins.trusts(request)
                ? response.putHeader("Access-Control-Allow-Origin", origin)
                        .putHeader("Access-Control-Allow-Credentials", "true")
                : response.putHeader("Access-Control-Allow-Origin", "*");
    }
}
