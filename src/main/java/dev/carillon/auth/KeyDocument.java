package dev.carillon.auth;

import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.impl.jose.JWK;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Public keys as issuers write them down: PEM blocks, or a JSON Web Key Set. */
final class KeyDocument {
    static final int MAX_KEYS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(KeyDocument.class);
    private static final Pattern PEM_BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519");

    private KeyDocument() {}

    /**
     * Reads all keys of a document, at least one. A certificate stands for its key: its dates and issuer are not asked,
     * because whoever runs the node chose it.
     *
     * @throws IllegalArgumentException if there is none or one cannot be used; says what is wrong and the cure
     */
    static List<VerificationKey> read(Vertx vertx, String text) {
        String document = text.strip();
        List<VerificationKey> keys = document.startsWith("{") ? readJwks(vertx, document) : readPem(vertx, document);
        if (keys.size() > MAX_KEYS) {
            throw new IllegalArgumentException("holds more than " + MAX_KEYS + " keys");
        }
        return keys;
    }

    private static List<VerificationKey> readPem(Vertx vertx, String document) {
        List<VerificationKey> keys = new ArrayList<>();
        Matcher block = PEM_BLOCK.matcher(document);
        while (block.find() && keys.size() <= MAX_KEYS) {
            keys.add(VerificationKey.of(vertx, publicKey(block.group(1), block.group(2)), null, null));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("holds neither a PEM public key or certificate nor a JWKS");
        }
        return keys;
    }

    private static PublicKey publicKey(String kind, String base64) {
        if (kind.contains("PRIVATE KEY")) {
            throw new IllegalArgumentException(
                    "holds a private key; give the public one, made with: openssl pkey -pubout");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("holds a PEM block that is not base64");
        }
        return switch (kind) {
            case "PUBLIC KEY" -> decode(der);
            case "CERTIFICATE" -> certified(der);
            case "RSA PUBLIC KEY" ->
                throw new IllegalArgumentException(
                        "holds a PKCS#1 key; convert it with: openssl rsa -RSAPublicKey_in -pubout");
            default -> throw new IllegalArgumentException("holds a PEM block that is no public key or certificate");
        };
    }

    private static PublicKey decode(byte[] der) {
        for (String kind : KEY_KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException anotherKind) {
                LOG.trace("not {}", kind);
            }
        }
        throw new IllegalArgumentException("holds a damaged key, or one that is not RSA, EC or Ed25519");
    }

    private static PublicKey certified(byte[] der) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der))
                    .getPublicKey();
        } catch (CertificateException damaged) {
            throw new IllegalArgumentException("holds a damaged certificate");
        }
    }

    /** As RFC 7517 asks, keys that we have no use for are passed over; one usable key is needed. */
    private static List<VerificationKey> readJwks(Vertx vertx, String document) {
        List<VerificationKey> keys = new ArrayList<>();
        String passedOver = "it is empty";
        for (Object entry : entries(document)) {
            try {
                if (!(entry instanceof JsonObject jwk)) {
                    throw new IllegalArgumentException("a key must be an object");
                }
                keys.add(ofJwk(vertx, jwk));
            } catch (RuntimeException unusable) {
                passedOver = unusable instanceof IllegalArgumentException ? unusable.getMessage() : "a damaged key";
                LOG.debug("a key of a JWKS is passed over: {}", passedOver);
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("is a JWKS without a usable signature key: " + passedOver);
        }
        return keys;
    }

    private static JsonArray entries(String document) {
        try {
            JsonObject json = new JsonObject(document);
            JsonArray keys = json.containsKey("kty") ? new JsonArray().add(json) : json.getJsonArray("keys");
            if (keys != null && keys.size() <= MAX_KEYS) {
                return keys;
            }
        } catch (DecodeException | ClassCastException malformed) {
            LOG.trace("no JWKS", malformed);
        }
        throw new IllegalArgumentException("is no JWKS: a JSON object with a list of at most " + MAX_KEYS + " keys");
    }

    private static VerificationKey ofJwk(Vertx vertx, JsonObject jwk) {
        String kind = jwk.getString("kty");
        if ("oct".equals(kind)) {
            throw new IllegalArgumentException("a shared secret belongs into auth.secret");
        }
        String use = jwk.getString("use");
        JsonArray operations = jwk.getJsonArray("key_ops");
        if (use != null && !use.equals("sig") || operations != null && !operations.contains("verify")) {
            throw new IllegalArgumentException("a key is not meant for signatures");
        }
        // Only what makes the key: its private part, its chain and its alg must not decide how it is read.
        JsonObject material = new JsonObject();
        for (String field : List.of("kty", "n", "e", "crv", "x", "y")) {
            if (jwk.getString(field) != null) {
                material.put(field, jwk.getString(field));
            }
        }
        return VerificationKey.of(vertx, publicKey(material), jwk.getString("kid"), jwk.getString("alg"));
    }

    private static PublicKey publicKey(JsonObject material) {
        @Nullable PublicKey key = new JWK(material).publicKey();
        if (key == null) {
            throw new IllegalArgumentException("a key lacks its public part");
        }
        return key;
    }
}
