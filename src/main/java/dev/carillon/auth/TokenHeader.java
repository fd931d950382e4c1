package dev.carillon.auth;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The part of a token that says how it was signed. It was written by whoever sent the token: it chooses among our keys
 * and never what a key is used for.
 *
 * @param keyId its {@code kid}; null for none
 */
record TokenHeader(String algorithm, @Nullable String keyId) {
    /** The one read last: tokens of one issuer begin alike. */
    private static volatile Known lastRead = new Known("", new TokenHeader("", null));

    private record Known(String encoded, TokenHeader header) {}

    /** @throws RuntimeException of any kind if the text is not three parts with a header in front */
    static TokenHeader of(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1 || second == token.length() - 1 || token.indexOf('.', second + 1) >= 0) {
            throw new IllegalArgumentException("not three parts");
        }
        Known known = lastRead;
        if (known.encoded.length() != first || !token.startsWith(known.encoded)) {
            String encoded = token.substring(0, first);
            known = new Known(encoded, decode(encoded));
            lastRead = known;
        }
        return known.header;
    }

    private static TokenHeader decode(String encoded) {
        byte[] json = Base64.getUrlDecoder().decode(encoded);
        JsonObject header = new JsonObject(Buffer.buffer(json));
        // RFC 7515: a token with a critical extension that the reader does not know must be refused. We know none.
        if (header.containsKey("crit")) {
            throw new IllegalArgumentException("critical extension");
        }
        String algorithm = header.getString("alg");
        if (algorithm == null) {
            throw new IllegalArgumentException("no algorithm");
        }
        return new TokenHeader(algorithm, header.getString("kid"));
    }
}
