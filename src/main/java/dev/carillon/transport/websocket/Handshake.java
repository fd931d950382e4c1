package dev.carillon.transport.websocket;

import dev.carillon.auth.Origins;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** RFC 6455, section 4.2: takes a client's opening handshake or answers why not. Immutable. */
final class Handshake {
    private static final String VERSION = "13";
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final CharSequence ACCEPT = HttpHeaders.createOptimized("Sec-WebSocket-Accept");

    private final Origins origins;
    private final boolean compression;

    /** @param compression whether offers of permessage-deflate are answered */
    Handshake(Origins origins, boolean compression) {
        this.origins = origins;
        this.compression = compression;
    }

    /** Why it is refused, with the headers that say what would be taken. */
    private record Refusal(int status, String why, Map<CharSequence, CharSequence> headers) {
        Refusal(int status, String why) {
            this(status, why, Map.of());
        }
    }

    /** Whether the connection may be switched. */
    boolean takes(Opening opening, Subprotocols subprotocols) {
        return refusal(opening, subprotocols) == null;
    }

    private @Nullable Refusal refusal(Opening opening, Subprotocols subprotocols) {
        if (opening.method() != HttpMethod.GET) {
            return new Refusal(405, "only GET opens a WebSocket", Map.of(HttpHeaders.ALLOW, "GET"));
        }
        if (!opening.isHttp11()) {
            return new Refusal(400, "a WebSocket needs HTTP/1.1");
        }
        if (!opening.asksToSwitch()) {
            return new Refusal(
                    426,
                    "this is a WebSocket endpoint",
                    Map.of(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE, HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET));
        }
        if (!opening.headers().getAll(Opening.VERSION).equals(List.of(VERSION))) {
            return new Refusal(426, "Sec-WebSocket-Version must be 13", Map.of(Opening.VERSION, VERSION));
        }
        if (opening.hasBody()) {
            return new Refusal(400, "a WebSocket handshake has no body");
        }
        if (opening.key() == null) {
            return new Refusal(400, "Sec-WebSocket-Key must be 16 bytes in base64");
        }
        if (!origins.allows(opening.headers())) {
            return new Refusal(403, "this origin may not connect");
        }
        boolean expects = subprotocols != Subprotocols.IGNORED && opening.offersProtocols();
        if (expects && protocol(opening, subprotocols) == null) {
            return new Refusal(
                    400,
                    subprotocols == Subprotocols.REFUSED
                            ? "this endpoint has no subprotocol"
                            : "the subprotocol is " + Opening.JSON + " or " + Opening.MSGPACK);
        }
        return null;
    }

    private static @Nullable String protocol(Opening opening, Subprotocols subprotocols) {
        return subprotocols == Subprotocols.OURS ? opening.protocol() : null;
    }

    /**
     * Prepares the response for switching protocols, to be ended by the caller, or ends it with a refusal.
     *
     * @param subprotocols those of the endpoint
     * @return whether the connection may be switched
     */
    boolean accept(HttpServerRequest request, Subprotocols subprotocols) {
        Opening opening = Opening.of(request);
        HttpServerResponse response = request.response();
        Refusal refused = refusal(opening, subprotocols);
        if (refused != null) {
            refused.headers.forEach(response::putHeader);
            return refuse(response, refused.status, refused.why);
        }
        // Vert.x says a length of everything that ends, and what switches protocols must not have one.
        response.setStatusCode(101)
                .headersEndHandler(ready -> response.headers().remove(HttpHeaders.CONTENT_LENGTH));
        switching(opening, subprotocols, response::putHeader);
        return !response.ended();
    }

    /** The response that switches protocols to one that it {@link #takes}. */
    String switching(Opening opening, Subprotocols subprotocols) {
        StringBuilder head = new StringBuilder(224).append("HTTP/1.1 101 Switching Protocols\r\n");
        switching(
                opening,
                subprotocols,
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    private void switching(Opening opening, Subprotocols subprotocols, BiConsumer<CharSequence, CharSequence> header) {
        header.accept(HttpHeaders.UPGRADE, HttpHeaders.WEBSOCKET);
        header.accept(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
        header.accept(ACCEPT, accept(String.valueOf(opening.headers().get(Opening.KEY))));
        String protocol = protocol(opening, subprotocols);
        if (protocol != null) {
            header.accept(Opening.PROTOCOL, protocol);
        }
        String extension = extension(opening);
        if (extension != null) {
            header.accept(Opening.EXTENSIONS, extension);
        }
    }

    /** The extension that is agreed on; null if there is none. */
    @Nullable
    String extension(Opening opening) {
        return compression ? PerMessageDeflate.answer(opening.headers().getAll(Opening.EXTENSIONS)) : null;
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
}
