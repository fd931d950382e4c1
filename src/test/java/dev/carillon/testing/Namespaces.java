package dev.carillon.testing;

import dev.carillon.config.NamespaceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Namespaces for tests of what lies below sessions, where nobody is asked for permission. */
public final class Namespaces {
    private static final Duration MINUTES = Duration.ofMinutes(10);
    private static final int MAX_DATA_BYTES = 10_000;

    private Namespaces() {}

    /** Keeps so many publications for longer than a test takes, and keys likewise. */
    public static NamespaceSettings kept(int history) {
        return of(false, history, false);
    }

    /** Keeps some publications, and tells of members. */
    public static NamespaceSettings withPresence() {
        return of(false, 10, true);
    }

    /** Keeps nothing. */
    public static NamespaceSettings ephemeral() {
        return of(true, 0, false);
    }

    private static NamespaceSettings of(boolean ephemeral, int history, boolean presence) {
        return new NamespaceSettings(
                List.of(),
                List.of(),
                "",
                "",
                ephemeral,
                history,
                MINUTES,
                MINUTES,
                presence,
                presence,
                false,
                MAX_DATA_BYTES,
                1024,
                0,
                0,
                NamespaceSettings.SlowConsumer.CLOSE,
                "",
                Map.of());
    }
}
