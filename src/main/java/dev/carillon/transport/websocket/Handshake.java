package dev.carillon.transport.websocket;

import dev.carillon.auth.Origins;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** RFC 6455, section 4.2: takes a client's opening handshake or answers why not. Immutable. */
final class Handshake {
    static final String JSON = "carillon.v1.json";
    static final String MSGPACK = "carillon.v1.msgpack";

    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final CharSequence WEBSOCKET_KEY = HttpHeaders.createOptimized("Sec-WebSocket-Key");
    private static final CharSequence WEBSOCKET_ACCEPT = HttpHeaders.createOptimized("Sec-WebSocket-Accept");
    private static final CharSequence WEBSOCKET_VERSION = HttpHeaders.createOptimized("Sec-WebSocket-Version");
    private static final CharSequence WEBSOCKET_PROTOCOL = HttpHeaders.createOptimized("Sec-WebSocket-Protocol");

    private static final CharSequence WEBSOCKET_EXTENSIONS = HttpHeaders.createOptimized("Sec-WebSocket-Extensions");

    private final Origins origins;
    private final boolean compression;

    /** @param compression whether offers of permessage-deflate are answered */
    Handshake(Origins origins, boolean compression) {
        this.origins = origins;
        this.compression = compression;
    }

    /**
     * Prepares the response for switching protocols, to be ended by the caller, or ends it with a refusal.
     *
     * @param subprotocols those of the endpoint
     * @return whether the connection may be switched
     */
    boolean accept(HttpServerRequest request, Subprotocols subprotocols) {
        if (request.method() != HttpMethod.GET) {
            return refuse(request.response().putHeader(HttpHeaders.ALLOW, "GET"), 405, "only GET opens a WebSocket");
        }
        if (request.version() != HttpVersion.HTTP_1_1) {
            return refuse(request.response(), 400, "a WebSocket needs HTTP/1.1");
        }
        if (!lists(request, HttpHeaders.CONNECTION, "upgrade") || !lists(request, HttpHeaders.UPGRADE, "websocket")) {
            HttpServerResponse response = request.response()
                    .putHeader(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE)
                    .putHeader(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET);
            return refuse(response, 426, "this is a WebSocket endpoint");
        }
        if (!request.headers().getAll(WEBSOCKET_VERSION).equals(List.of(VERSION))) {
            return refuse(
                    request.response().putHeader(WEBSOCKET_VERSION, VERSION), 426, "Sec-WebSocket-Version must be 13");
        }
        if (hasBody(request)) {
            return refuse(request.response(), 400, "a WebSocket handshake has no body");
        }
        List<String> keys = request.headers().getAll(WEBSOCKET_KEY);
        if (keys.size() != 1 || !isKey(keys.get(0))) {
            return refuse(request.response(), 400, "Sec-WebSocket-Key must be 16 bytes in base64");
        }
        if (!origins.allows(request)) {
            return refuse(request.response(), 403, "this origin may not connect");
        }
        boolean expects =
                subprotocols != Subprotocols.IGNORED && request.headers().contains(WEBSOCKET_PROTOCOL);
        String protocol = subprotocols == Subprotocols.OURS ? protocol(request) : null;
        if (expects && protocol == null) {
            String why = subprotocols == Subprotocols.REFUSED
                    ? "this endpoint has no subprotocol"
                    : "the subprotocol is " + JSON + " or " + MSGPACK;
            return refuse(request.response(), 400, why);
        }
        HttpServerResponse response = request.response()
                .setStatusCode(101)
                .putHeader(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE)
                .putHeader(WEBSOCKET_ACCEPT, accept(keys.get(0)));
        // Vert.x says a length of everything that ends, and what switches protocols must not have one.
        response =
                response.headersEndHandler(ready -> request.response().headers().remove(HttpHeaders.CONTENT_LENGTH));
        if (protocol != null) {
            response = response.putHeader(WEBSOCKET_PROTOCOL, protocol);
        }
        String extension = extension(request);
        if (extension != null) {
            response = response.putHeader(WEBSOCKET_EXTENSIONS, extension);
        }
        return !response.ended();
    }

    /** The first of the subprotocols offered that this node speaks; null if there is none. */
    static @Nullable String protocol(HttpServerRequest request) {
        for (String value : request.headers().getAll(WEBSOCKET_PROTOCOL)) {
            for (String offered : value.split(",", -1)) {
                if (offered.trim().equals(JSON) || offered.trim().equals(MSGPACK)) {
                    return offered.trim();
                }
            }
        }
        return null;
    }

    /** The extension that is agreed on; null if there is none. */
    @Nullable
    String extension(HttpServerRequest request) {
        return compression ? PerMessageDeflate.answer(request.headers().getAll(WEBSOCKET_EXTENSIONS)) : null;
    }

    static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }

    /** Ends a response with a line that says why. */
    static boolean refuse(HttpServerResponse response, int status, String why) {
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                .end(why + "\n");
        return false;
    }

    // Bytes that belong to a body must not be taken for frames.
    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    private static boolean lists(HttpServerRequest request, CharSequence header, String wanted) {
        for (String value : request.headers().getAll(header)) {
            for (String token : value.split(",", -1)) {
                if (wanted.equals(token.trim().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
