package dev.carillon.transport;

import dev.carillon.protocol.CloseCode;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** The protocol's codes as HTTP statuses, for what is refused before there is a stream. */
public final class HttpStatus {
    private HttpStatus() {}

    public static int of(CloseCode code) {
        return switch (code) {
            case AUTHENTICATION_FAILED, TOKEN_EXPIRED, UNAUTHORIZED -> 401;
            case FORBIDDEN -> 403;
            case TOO_MANY_CONNECTIONS, TOO_MANY_MESSAGES -> 429;
            default -> 503;
        };
    }

    /** @param error an {@link dev.carillon.protocol.ErrorCode}'s code */
    public static int of(int error) {
        return switch (error) {
            case 103, 204 -> 429;
            case 100, 101, 102 -> 503;
            case 202 -> 404;
            case 203 -> 403;
            default -> 400;
        };
    }

    /** Answers with a JSON body that names the protocol's code. */
    public static void refuse(HttpServerResponse response, int status, int code, String error, String channel) {
        JsonObject body =
                new JsonObject().put("type", "error").put("code", code).put("error", error);
        if (!channel.isEmpty()) {
            body.put("channel", channel);
        }
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        } else if (status == 429 || status == 503) {
            response.putHeader("Retry-After", "1");
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toBuffer());
    }
}
