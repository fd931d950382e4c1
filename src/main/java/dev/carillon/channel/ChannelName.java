package dev.carillon.channel;

import java.nio.charset.StandardCharsets;

/**
 * A channel: {@code namespace} or {@code namespace:rest}, at most {@value #MAX_BYTES} bytes of UTF-8, without white
 * space or control characters.
 */
public record ChannelName(String value) implements Comparable<ChannelName> {
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

    /** The personal channel of a user. */
    public static ChannelName ofUser(String userId) {
        return new ChannelName(USER_NAMESPACE + ":" + userId);
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
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
