package dev.carillon.protocol;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** W3C Trace Context, as far as a node looks at it: what is well-formed is handed on as it came. Safe on any thread. */
public final class TraceContext {
    /** The field of frames, and the header of HTTP requests and event-bus messages. */
    public static final String NAME = "traceparent";

    private static final int LENGTH = 55;

    /** Version, trace, parent and flags; neither id may be all zeros. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceContext() {}

    /** What was given, or null if that is no trace: one that is malformed is ignored, as W3C Trace Context asks for. */
    public static @Nullable String wellFormed(@Nullable String given) {
        return given != null
                        && given.length() == LENGTH
                        && TRACEPARENT.matcher(given).matches()
                ? given
                : null;
    }
}
