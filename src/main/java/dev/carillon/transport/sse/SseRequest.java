package dev.carillon.transport.sse;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import dev.carillon.protocol.ClientFrame;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of {@code /sse}.
 *
 * @param channels names in the order asked, each once
 * @param positions where it was, of the channels that it says so of
 */
record SseRequest(String token, List<String> channels, Map<String, StreamPosition> positions) {
    /** The cookie that {@code EventSource} sends with {@code withCredentials}, so that no URL holds the token. */
    static final String COOKIE = "carillon_access";

    private static final String BEARER = "Bearer ";

    /** A request that is refused before there is a session; the message is for the client. */
    static final class Refusal extends RuntimeException {
        private final int status;
        private final int code;

        Refusal(int status, int code, String message) {
            super(message, null, false, false);
            this.status = status;
            this.code = code;
        }

        int status() {
            return status;
        }

        /** An error or close code of the protocol. */
        int code() {
            return code;
        }
    }

    /**
     * @param maxChannels more are refused
     * @param namespaces those that exist
     * @throws Refusal if it asks for nothing that there is
     */
    static SseRequest of(HttpServerRequest request, int maxChannels, Set<String> namespaces) {
        String token = token(request);
        if (token == null || token.isEmpty()) {
            throw new Refusal(
                    401,
                    4001,
                    "a token is required: Authorization: Bearer, the cookie " + COOKIE + ", or the query's token");
        }
        List<String> channels =
                request.params().getAll("channel").stream().distinct().toList();
        if (channels.isEmpty()) {
            throw bad("channel", "is required");
        }
        if (channels.size() > maxChannels) {
            throw bad("channel", "must be given at most " + maxChannels + " times");
        }
        channels.forEach(channel -> requireChannel(channel, namespaces));
        return new SseRequest(token, channels, positions(request, channels));
    }

    ClientFrame.Auth auth() {
        List<ClientFrame.Subscribe> subscribe = channels.stream()
                .map(channel -> new ClientFrame.Subscribe(0, channel, positions.get(channel), null))
                .toList();
        return new ClientFrame.Auth(1, token, subscribe, "", "");
    }

    private static @Nullable String token(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).strip();
        }
        String inQuery = request.getParam("token");
        if (inQuery != null) {
            return inQuery;
        }
        Cookie cookie = request.getCookie(COOKIE);
        return cookie == null ? null : cookie.getValue();
    }

    private static void requireChannel(String channel, Set<String> namespaces) {
        String namespace;
        try {
            namespace = new ChannelName(channel).namespace();
        } catch (IllegalArgumentException e) {
            throw bad("channel", String.valueOf(e.getMessage()));
        }
        if (!namespaces.contains(namespace)
                && !namespace.equals(ChannelName.USER_NAMESPACE)
                && !namespace.equals(ChannelName.ONLINE.namespace())) {
            throw new Refusal(404, 202, "unknown namespace");
        }
    }

    // The header comes from a browser that reconnects; it knows better than the address it was opened with.
    private static Map<String, StreamPosition> positions(HttpServerRequest request, List<String> channels) {
        String header = request.getHeader("Last-Event-ID");
        String id = header != null ? header : request.getParam("last_event_id");
        if (id == null || id.isEmpty()) {
            return Map.of();
        }
        try {
            return SsePositions.parse(id, channels);
        } catch (IllegalArgumentException e) {
            throw bad(header != null ? "Last-Event-ID" : "last_event_id", String.valueOf(e.getMessage()));
        }
    }

    private static Refusal bad(String field, String must) {
        return new Refusal(400, 200, "bad request: " + field + " " + must);
    }
}
