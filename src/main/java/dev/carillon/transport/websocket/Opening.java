package dev.carillon.transport.websocket;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client's request for a WebSocket, whoever has read it. Immutable.
 *
 * @param isHttp11 whether it is of HTTP/1.1
 */
record Opening(HttpMethod method, boolean isHttp11, MultiMap headers) {
    static final String JSON = "carillon.v1.json";
    static final String MSGPACK = "carillon.v1.msgpack";

    static final CharSequence KEY = HttpHeaders.createOptimized("Sec-WebSocket-Key");
    static final CharSequence VERSION = HttpHeaders.createOptimized("Sec-WebSocket-Version");
    static final CharSequence PROTOCOL = HttpHeaders.createOptimized("Sec-WebSocket-Protocol");
    static final CharSequence EXTENSIONS = HttpHeaders.createOptimized("Sec-WebSocket-Extensions");

    static Opening of(HttpServerRequest request) {
        return new Opening(request.method(), request.version() == HttpVersion.HTTP_1_1, request.headers());
    }

    boolean asksToSwitch() {
        return lists(HttpHeaders.CONNECTION, "upgrade") && lists(HttpHeaders.UPGRADE, "websocket");
    }

    private boolean lists(CharSequence header, String wanted) {
        for (String value : headers.getAll(header)) {
            for (String token : value.split(",", -1)) {
                if (wanted.equals(token.trim().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    // Bytes that belong to a body must not be taken for frames.
    boolean hasBody() {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return headers.contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    /** Null unless there is one, of 16 bytes in base64. */
    @Nullable
    String key() {
        List<String> keys = headers.getAll(KEY);
        return keys.size() == 1 && isKey(keys.get(0)) ? keys.get(0) : null;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean offersProtocols() {
        return headers.contains(PROTOCOL);
    }

    /** The first of the subprotocols offered that this node speaks; null if there is none. */
    @Nullable
    String protocol() {
        for (String value : headers.getAll(PROTOCOL)) {
            for (String offered : value.split(",", -1)) {
                if (offered.trim().equals(JSON) || offered.trim().equals(MSGPACK)) {
                    return offered.trim();
                }
            }
        }
        return null;
    }
}
