package dev.carillon.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One key and the one algorithm it is believed for. Safe on any thread.
 *
 * <p>Each has a {@link JWTAuth} of its own: one that holds several stops at the first key of another size, drops keys it
 * cannot read, and believes unsigned tokens once none is left. And it has several of them, because each locks its
 * signature object while it verifies.
 */
final class VerificationKey {
    private static final int MIN_RSA_BITS = 2048;
    private static final int LANES = Math.min(8, Runtime.getRuntime().availableProcessors());
    private static final Set<String> RSA_ALGORITHMS = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

    private final String algorithm;
    private final @Nullable String id;
    private final List<JWTAuth> lanes;

    private VerificationKey(Vertx vertx, PubSecKeyOptions key) {
        algorithm = key.getAlgorithm();
        id = key.getId();
        // Times are verified by Claims, with a clock that tests can move.
        JWTAuthOptions options = new JWTAuthOptions()
                .addPubSecKey(key)
                .setJWTOptions(new JWTOptions().setAlgorithm(algorithm).setIgnoreExpiration(true));
        lanes = IntStream.range(0, LANES)
                .mapToObj(lane -> JWTAuth.create(vertx, options))
                .toList();
    }

    /** The shared secret of HS256 tokens; its bytes are its UTF-8. */
    static VerificationKey ofSecret(Vertx vertx, String secret) {
        return new VerificationKey(
                vertx, new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(secret));
    }

    /**
     * A public key.
     *
     * @param id its {@code kid}; null for none
     * @param stated the algorithm it is published for; null for the usual one of its kind
     * @throws IllegalArgumentException if it cannot be used; says why, without quoting it
     */
    static VerificationKey of(Vertx vertx, PublicKey key, @Nullable String id, @Nullable String stated) {
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        return new VerificationKey(
                vertx,
                new PubSecKeyOptions()
                        .setAlgorithm(algorithm(key, stated))
                        .setId(id)
                        .setBuffer(pem));
    }

    private static String algorithm(PublicKey key, @Nullable String stated) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < MIN_RSA_BITS) {
                throw new IllegalArgumentException(
                        "an RSA key of " + bits + " bits is too weak, use one of " + MIN_RSA_BITS + " or more");
            }
            if (stated != null && !RSA_ALGORITHMS.contains(stated)) {
                throw new IllegalArgumentException("an RSA key cannot be used for its alg");
            }
            return stated == null ? "RS256" : stated;
        }
        String only;
        if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            only = switch (bits) {
                case 256 -> "ES256";
                case 384 -> "ES384";
                case 521 -> "ES512";
                default -> throw new IllegalArgumentException("an EC key must be on P-256, P-384 or P-521");
            };
        } else if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) {
            only = "EdDSA";
        } else {
            throw new IllegalArgumentException("a key must be RSA, EC or Ed25519");
        }
        // RFC 9864 names EdDSA by its curve.
        if (stated != null && !stated.equals(only) && !(only.equals("EdDSA") && stated.equals("Ed25519"))) {
            throw new IllegalArgumentException("its alg does not fit the key, which is for " + only);
        }
        return only;
    }

    String algorithm() {
        return algorithm;
    }

    /** Its {@code kid}; null for none. */
    @Nullable
    String id() {
        return id;
    }

    /** Whether a signature takes as long as a hundred others. */
    boolean isSlow() {
        return algorithm.startsWith("E");
    }

    /** The claims of a token that this key signed; null if it did not. */
    @Nullable
    JsonObject verify(String token) {
        JWTAuth lane = lanes.get((int) (Thread.currentThread().getId() % lanes.size()));
        try {
            Future<User> verified = lane.authenticate(new TokenCredentials(token));
            return verified.succeeded() ? verified.result().attributes().getJsonObject("accessToken") : null;
        } catch (RuntimeException malformed) {
            return null;
        }
    }

    /** Not for the secret itself: a key in words for the log. */
    @Override
    public String toString() {
        return id == null ? algorithm : algorithm + " " + printable(id);
    }

    private static String printable(String id) {
        String ascii = new String(id.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
        return ascii.replaceAll("[^!-~]", "?");
    }
}
