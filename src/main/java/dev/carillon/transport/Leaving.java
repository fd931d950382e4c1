package dev.carillon.transport;

import dev.carillon.protocol.CloseCode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** What a node that leaves answers to new clients of every transport. */
public final class Leaving {
    /** A balancer that asks again finds another node. */
    private static final String RETRY_AFTER_SECONDS = "1";

    private Leaving() {}

    /** Ends the response with 503, and the connection with it: whatever comes next on it is better sent elsewhere. */
    public static void refuse(HttpServerResponse response) {
        CloseCode code = CloseCode.DRAINING;
        response.setStatusCode(503)
                .putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(new JsonObject()
                        .put("type", "error")
                        .put("code", code.code())
                        .put("error", code.reason())
                        .toBuffer());
    }
}
