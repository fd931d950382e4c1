package dev.carillon.channel;

import java.nio.charset.StandardCharsets;

/**
 * A channel: {@code namespace} or {@code namespace:rest}, at most {@value #MAX_BYTES} bytes of UTF-8, without white
 * space or control characters; of one tenant, or of none.
 *
 * @param tenant empty for none
 * @param value what clients call it
 */
public record ChannelName(String tenant, String value) implements Comparable<ChannelName> {
    public static final int MAX_BYTES = 255;

    /** The namespace of personal channels, {@code user:{id}}: every connection of the user is subscribed by the node. */
    public static final String USER_NAMESPACE = "user";

    /** The channel of {@code user_online} and {@code user_offline}. */
    public static final ChannelName ONLINE = new ChannelName("online");

    /** @throws IllegalArgumentException if {@code value} is no channel's name; says why, without quoting it */
    public ChannelName {
        if (value.isEmpty() || value.charAt(0) == ':') {
            throw new IllegalArgumentException("must begin with a namespace");
        }
        // Each char is one to three bytes, so only a long name has to be encoded to be measured.
        if (value.length() > MAX_BYTES
                || (value.length() > MAX_BYTES / 3 && value.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES)) {
            throw new IllegalArgumentException("must be at most " + MAX_BYTES + " bytes");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == 0x7f || Character.isISOControl(c) || Character.isWhitespace(c)) {
                throw new IllegalArgumentException("must not hold white space or control characters");
            }
        }
    }

    /**
     * One of no tenant.
     *
     * @throws IllegalArgumentException if {@code value} is no channel's name; says why, without quoting it
     */
    public ChannelName(String value) {
        this("", value);
    }

    /** The channel that a key of the cluster stands for. */
    public static ChannelName ofKey(String key) {
        return new ChannelName(Tenant.of(key), Tenant.name(key));
    }

    /** What it is called inside the cluster. */
    public String key() {
        return Tenant.key(tenant, value);
    }

    /** The channel of this name that a tenant has. */
    public ChannelName in(String owner) {
        return owner.equals(tenant) ? this : new ChannelName(owner, value);
    }

    /** Whether its key begins so, and it is of the tenant of that beginning. */
    public boolean isUnder(String keyPrefix) {
        return tenant.equals(Tenant.of(keyPrefix)) && value.startsWith(Tenant.name(keyPrefix));
    }

    /** Whether users' comings and goings are told of on it. */
    public boolean isOnline() {
        return value.equals(ONLINE.value);
    }

    /** The personal channel of a user of no tenant. */
    public static ChannelName ofUser(String userId) {
        return new ChannelName(USER_NAMESPACE + ":" + userId);
    }

    /** The personal channel of the user that a key of the cluster stands for. */
    public static ChannelName ofUserKey(String userKey) {
        return ofUser(Tenant.name(userKey)).in(Tenant.of(userKey));
    }

    /** Whether it is one of those that nodes publish on for operators; no namespace of the settings begins so. */
    public boolean isReserved() {
        return value.charAt(0) == '$';
    }

    /** What stands before the first colon. */
    public String namespace() {
        int colon = value.indexOf(':');
        return colon < 0 ? value : value.substring(0, colon);
    }

    /** What stands after the first colon, or nothing. */
    public String rest() {
        int colon = value.indexOf(':');
        return colon < 0 ? "" : value.substring(colon + 1);
    }

    @Override
    public int compareTo(ChannelName other) {
        return key().compareTo(other.key());
    }

    @Override
    public String toString() {
        return tenant.isEmpty() ? value : tenant + "/" + value;
    }
}
