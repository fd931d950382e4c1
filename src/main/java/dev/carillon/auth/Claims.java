package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Tenant;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token with a good signature says. Every read is strict and fails with {@link AuthException}, whose phrase
 * names the claim and never quotes it.
 */
final class Claims {
    /** Longest user id, in bytes of UTF-8: it must fit into the name of a personal channel. */
    static final int MAX_USER_ID_BYTES = 128;

    /** What tells a refresh token from others; Django's simplejwt says it in {@code token_type}. */
    static final String TYPE = "typ";

    static final String REFRESH_TYPE = "refresh";
    static final String CHANNEL_TYPE = "channel";

    /** The line of refresh tokens that began with one login. */
    static final String FAMILY = "fam";

    private static final long MAX_MILLIS = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    private final JsonObject json;

    Claims(JsonObject json) {
        this.json = json;
    }

    /** What a token is for. One made for a purpose is good for no other. */
    enum Use {
        ACCESS,
        REFRESH,
        CHANNEL
    }

    /** A token with a {@code channel} claim is a channel token, whatever else it says: it must not log anybody in. */
    Use use() {
        if (isType(TYPE, REFRESH_TYPE) || isType("token_type", REFRESH_TYPE)) {
            return Use.REFRESH;
        }
        return isType(TYPE, CHANNEL_TYPE) || json.containsKey("channel") ? Use.CHANNEL : Use.ACCESS;
    }

    private boolean isType(String claim, String type) {
        return json.getValue(claim) instanceof String value && value.equalsIgnoreCase(type);
    }

    /** @throws AuthException unless the token may be used at {@code now} */
    void requireTimes(Instant now, Duration leeway) {
        if (!now.isBefore(expiresAt().plus(leeway))) {
            throw new AuthException(AuthException.Kind.EXPIRED, "Token expired");
        }
        Instant latest = now.plus(leeway);
        Instant notBefore = time("nbf");
        if (notBefore != null && latest.isBefore(notBefore) || latest.isBefore(issuedAt())) {
            throw new AuthException(AuthException.Kind.INVALID, "Token not yet valid");
        }
    }

    /** @throws AuthException unless issuer and audience are the ones expected; an empty expectation is met by any */
    void requireOrigin(String issuer, String audience) {
        if (!issuer.isEmpty() && !issuer.equals(json.getValue("iss"))) {
            throw invalid("wrong issuer");
        }
        if (audience.isEmpty()) {
            return;
        }
        Object claimed = json.getValue("aud");
        boolean meant = claimed instanceof JsonArray many ? many.contains(audience) : audience.equals(claimed);
        if (!meant) {
            throw invalid("wrong audience");
        }
    }

    Identity identity() {
        return new Identity(
                tenant(),
                userId(),
                tokenId(),
                issuedAt(),
                expiresAt(),
                names("channels"),
                names("publish"),
                scopes(),
                info());
    }

    /** Empty for none. */
    String tenant() {
        String tenant = text("tenant");
        if (json.getValue("tenant") != null && !Tenant.isName(tenant)) {
            throw invalid("tenant is no name");
        }
        return tenant;
    }

    /** A whole number is taken as its digits: many issuers count their users. */
    String userId() {
        Object sub = json.getValue("sub");
        String userId =
                sub instanceof Integer || sub instanceof Long ? sub.toString() : sub instanceof String s ? s : "";
        if (userId.isEmpty()) {
            throw invalid("no sub");
        }
        if (!isUserId(userId)) {
            throw invalid("sub is no user id");
        }
        return userId;
    }

    static boolean isUserId(String text) {
        if (text.isEmpty()
                || text.length() > MAX_USER_ID_BYTES
                || text.getBytes(StandardCharsets.UTF_8).length > MAX_USER_ID_BYTES
                // A lone surrogate would become "?" on the wire, and with it another user's id.
                || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            return false;
        }
        try {
            return ChannelName.ofUser(text).rest().equals(text);
        } catch (IllegalArgumentException noName) {
            return false;
        }
    }

    /** Empty for none. */
    String tokenId() {
        return text("jti");
    }

    /** The family of a refresh token; the first of its line, or one made elsewhere, stands for itself. */
    String family() {
        String family = text(FAMILY);
        return family.isEmpty() ? tokenId() : family;
    }

    /** {@link Instant#EPOCH} for none. */
    Instant issuedAt() {
        Instant issuedAt = time("iat");
        return issuedAt == null ? Instant.EPOCH : issuedAt;
    }

    Instant expiresAt() {
        Instant expiresAt = time("exp");
        if (expiresAt == null) {
            throw invalid("no exp");
        }
        return expiresAt;
    }

    /** The {@code channel} claim of a channel token: a name, or a beginning ended by {@code *}. */
    String channel() {
        String channel = text("channel");
        if (channel.isEmpty()) {
            throw invalid("no channel");
        }
        return channel;
    }

    /** All but what a signer sets anew for each token. */
    JsonObject application() {
        JsonObject rest = json.copy();
        for (String own : TokenSigner.OWN_CLAIMS) {
            rest.remove(own);
        }
        return rest;
    }

    private String text(String claim) {
        Object value = json.getValue(claim);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw invalid(claim + " is no string");
    }

    private List<String> names(String claim) {
        Object value = json.getValue(claim);
        if (value == null) {
            return List.of();
        }
        if (value instanceof JsonArray array) {
            List<String> names = new ArrayList<>(array.size());
            for (Object name : array) {
                if (!(name instanceof String text)) {
                    throw invalid(claim + " is no list of strings");
                }
                names.add(text);
            }
            return names;
        }
        throw invalid(claim + " is no list of strings");
    }

    private Set<String> scopes() {
        Object value = json.getValue("scope");
        List<String> parts = value instanceof String text ? List.of(text) : names("scope");
        Set<String> scopes = new HashSet<>();
        for (String part : parts) {
            for (String scope : part.split("\\s+")) {
                if (!scope.isEmpty()) {
                    scopes.add(scope);
                }
            }
        }
        return scopes;
    }

    private String info() {
        Object value = json.getValue("info");
        if (value instanceof JsonObject info) {
            return info.encode();
        }
        if (value != null) {
            throw invalid("info is no object");
        }
        JsonObject named = new JsonObject();
        for (String claim : List.of("name", "full_name")) {
            if (json.getValue(claim) instanceof String name) {
                named.put(claim, name);
            }
        }
        return named.isEmpty() ? "{}" : named.encode();
    }

    /** Seconds since 1970, whole or with a fraction; beyond the year 9999 somebody sent milliseconds. */
    private @Nullable Instant time(String claim) {
        Object value = json.getValue(claim);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            double millis = number.doubleValue() * 1000;
            if (millis >= 0 && millis <= MAX_MILLIS) {
                if (number instanceof Integer || number instanceof Long) {
                    return Instant.ofEpochSecond(number.longValue());
                }
                return Instant.ofEpochMilli(
                        new BigDecimal(number.toString()).movePointRight(3).longValue());
            }
        }
        throw invalid(claim + " is no time in seconds");
    }

    private static AuthException invalid(String why) {
        return new AuthException(AuthException.Kind.INVALID, "Invalid token: " + why);
    }
}
