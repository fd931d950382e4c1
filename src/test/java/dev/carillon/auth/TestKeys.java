package dev.carillon.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Real keys, and tokens signed with the JDK alone, so that reader and writer do not share their mistakes. */
public final class TestKeys {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private TestKeys() {}

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static KeyPair ed(String curve) {
        try {
            return KeyPairGenerator.getInstance(curve).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    public static JsonObject jwk(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return new JsonObject()
                    .put("kty", "RSA")
                    .put("n", unsigned(rsa.getModulus(), 0))
                    .put("e", unsigned(rsa.getPublicExponent(), 0));
        }
        if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            return new JsonObject()
                    .put("kty", "EC")
                    .put("crv", "P-" + bits)
                    .put("x", unsigned(ec.getW().getAffineX(), (bits + 7) / 8))
                    .put("y", unsigned(ec.getW().getAffineY(), (bits + 7) / 8));
        }
        byte[] spki = key.getEncoded();
        return new JsonObject()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("x", BASE64.encodeToString(Arrays.copyOfRange(spki, spki.length - 32, spki.length)));
    }

    public static String jwksOf(PublicKey key) {
        return jwks(jwk(key));
    }

    public static String jwks(JsonObject... keys) {
        return new JsonObject()
                .put("keys", new JsonArray(Arrays.asList((Object[]) keys)))
                .encode();
    }

    private static String unsigned(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        int size = Math.max(length, bytes.length - from);
        byte[] padded = new byte[size];
        System.arraycopy(bytes, from, padded, size - (bytes.length - from), bytes.length - from);
        return BASE64.encodeToString(padded);
    }

    public static String hmac(String secret, JsonObject claims) {
        return hmac(secret.getBytes(StandardCharsets.UTF_8), new JsonObject().put("alg", "HS256"), claims);
    }

    static String hmac(byte[] secret, JsonObject header, JsonObject claims) {
        return hmacOver(secret, encode(header) + "." + encode(claims));
    }

    public static String hmacOver(String secret, String input) {
        return hmacOver(secret.getBytes(StandardCharsets.UTF_8), input);
    }

    private static String hmacOver(byte[] secret, String input) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return input + "." + BASE64.encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static String signed(String algorithm, PrivateKey key, JsonObject claims) {
        return signed(new JsonObject().put("alg", algorithm), key, claims);
    }

    public static String signed(JsonObject header, PrivateKey key, JsonObject claims) {
        String jca =
                switch (header.getString("alg")) {
                    case "RS256" -> "SHA256withRSA";
                    case "RS384" -> "SHA384withRSA";
                    case "RS512" -> "SHA512withRSA";
                    case "ES256" -> "SHA256withECDSAinP1363Format";
                    case "ES384" -> "SHA384withECDSAinP1363Format";
                    case "ES512" -> "SHA512withECDSAinP1363Format";
                    case "EdDSA" -> "Ed25519";
                    default -> throw new AssertionError();
                };
        try {
            Signature signature = Signature.getInstance(jca);
            signature.initSign(key);
            String input = encode(header) + "." + encode(claims);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String encode(JsonObject json) {
        return BASE64.encodeToString(json.encode().getBytes(StandardCharsets.UTF_8));
    }
}
