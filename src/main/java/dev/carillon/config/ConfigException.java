package dev.carillon.config;

/** A setting that stops the start. The message is one line: the key, what is wrong with its value, and the cure. */
public final class ConfigException extends RuntimeException {
    public ConfigException(String message) {
        super(message);
    }

    /** @throws ConfigException with {@code message} unless {@code holds} */
    static void require(boolean holds, String message) {
        if (!holds) {
            throw new ConfigException(message);
        }
    }
}
