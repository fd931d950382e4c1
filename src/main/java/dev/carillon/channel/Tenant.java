package dev.carillon.channel;

/**
 * How names of channels and users of a tenant are kept apart from those of all others: inside the cluster they have the
 * tenant's name before them, and between the two a character that no name holds. Without a tenant a name is its own key.
 */
public final class Tenant {
    /** A name with it cannot come from outside: {@link ChannelName} takes no control characters. */
    private static final char SEPARATOR = '\u001f';

    private static final String NAME = "[a-zA-Z0-9_.-]{1,64}";

    private Tenant() {}

    /** Whether a text can name a tenant: 1 to 64 letters, digits, {@code _}, {@code -} or {@code .}. */
    public static boolean isName(String text) {
        return text.matches(NAME);
    }

    /** @param tenant empty for none */
    public static String key(String tenant, String name) {
        return tenant.isEmpty() ? name : tenant + SEPARATOR + name;
    }

    /** The tenant of a key; empty for none. */
    public static String of(String key) {
        return key.substring(0, Math.max(0, key.indexOf(SEPARATOR)));
    }

    /** What tenants see of a key. */
    public static String name(String key) {
        return key.substring(key.indexOf(SEPARATOR) + 1);
    }
}
