package dev.carillon.it.hostile;

import dev.carillon.auth.TestKeys;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tokens that nobody with a key has made. */
final class Forgery {
    private static final KeyPair KNOWN = rsa();
    private static final KeyPair FOREIGN = rsa();

    private Forgery() {}

    private static KeyPair rsa() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The public key that the node believes, beside its secret. */
    static Path publicKeyFile() throws IOException {
        Path file = Files.createTempFile("carillon-known", ".pem");
        file.toFile().deleteOnExit();
        return Files.writeString(file, TestKeys.pem(KNOWN.getPublic()));
    }

    /** Each by its trick. */
    static Map<String, String> all(TestNode node) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String none : new String[] {"none", "None", "NONE", "nOnE", ""}) {
            all.put("alg '" + none + "' unsigned", unsigned(json("alg", none), claims()) + ".");
        }
        all.put("no alg", unsigned(new JsonObject(), claims()) + ".");
        all.put("alg none with a signature", unsigned(json("alg", "none"), claims()) + ".AAAA");
        String pem = TestKeys.pem(KNOWN.getPublic());
        all.put("HS256 with the public key's PEM", hmac(pem, json("alg", "HS256"), claims()));
        all.put("HS256 with the public key's PEM, trimmed", hmac(pem.trim(), json("alg", "HS256"), claims()));
        all.put(
                "HS256 with the public key's DER",
                hmac(
                        new String(KNOWN.getPublic().getEncoded(), StandardCharsets.ISO_8859_1),
                        json("alg", "HS256"),
                        claims()));
        all.put("HS256 with nothing", hmac("x", json("alg", "HS256"), claims()));
        all.put("HS384 with the secret", hmac(TestNode.SECRET, json("alg", "HS384"), claims()));
        all.put("RS256 of a stranger's key", TestKeys.signed("RS256", FOREIGN.getPrivate(), claims()));
        for (String kid : new String[] {
            "../../../../dev/null", "/dev/null", "' OR '1'='1", "https://evil.example/jwks", "\u0000", "x".repeat(5000)
        }) {
            all.put(
                    "kid " + kid.substring(0, Math.min(20, kid.length())).replaceAll("\\p{Cntrl}", "NUL"),
                    hmac("", json("alg", "HS256").put("kid", kid), claims()));
        }
        all.put(
                "a key in its own header",
                hmac("mine", json("alg", "HS256").put("jwk", json("k", "bWluZQ")), claims()));
        all.put("jku of its own", hmac("mine", json("alg", "HS256").put("jku", "http://127.0.0.1:1/"), claims()));
        all.put("x5u of its own", hmac("mine", json("alg", "RS256").put("x5u", "http://127.0.0.1:1/"), claims()));
        String good = node.token("mallory");
        String[] parts = good.split("\\.");
        all.put(
                "other claims under a good signature",
                parts[0] + "." + Victim.base64(claims().encode()) + "." + parts[2]);
        all.put("a good token without its signature", parts[0] + "." + parts[1] + ".");
        all.put("a good token in two parts", parts[0] + "." + parts[1]);
        all.put("a good token in four parts", good + "." + parts[2]);
        all.put("a good token with a byte flipped", good.substring(0, good.length() - 4) + "AAAA");
        all.put("expired", real(claims().put("exp", 1)));
        all.put("without an end", real(without("exp")));
        all.put("not valid yet", real(claims().put("nbf", Instant.now().getEpochSecond() + 3600)));
        all.put("from the future", real(claims().put("iat", Instant.now().getEpochSecond() + 3600)));
        all.put("of nobody", real(without("sub")));
        all.put("of a user with a space", real(claims().put("sub", "a b")));
        all.put("of a user with a separator", real(claims().put("sub", "acme\u001fann")));
        all.put("of a tenant with a separator", real(claims().put("tenant", "a\u001fb")));
        all.put("a refresh token", real(claims().put("typ", "refresh")));
        all.put("a channel token", node.channelToken("mallory", "lobby:a", java.time.Duration.ofMinutes(1)));
        all.put("times that are text", real(claims().put("exp", "tomorrow")));
        all.put("nothing", "");
        all.put("dots", "...");
        all.put("9,000 characters", "x".repeat(9_000));
        return all;
    }

    private static JsonObject claims() {
        return new JsonObject()
                .put("sub", "admin")
                .put("scope", "carillon:api")
                .put("exp", Instant.now().getEpochSecond() + 600);
    }

    private static JsonObject without(String claim) {
        JsonObject claims = claims();
        claims.remove(claim);
        return claims;
    }

    private static JsonObject json(String name, Object value) {
        return new JsonObject().put(name, value);
    }

    private static String unsigned(JsonObject header, JsonObject claims) {
        return Victim.base64(header.encode()) + "." + Victim.base64(claims.encode());
    }

    private static String real(JsonObject claims) {
        return TestKeys.hmac(TestNode.SECRET, claims);
    }

    private static String hmac(String secret, JsonObject header, JsonObject claims) {
        String input = unsigned(header, claims);
        return secret.isEmpty() ? input + "." : TestKeys.hmacOver(secret, input);
    }
}
