package dev.carillon.channel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something that a channel lacks, until it was read or given up. */
final class Repair {
    final LocalChannel channel;
    long sinceMillis;
    int failures;
    private @Nullable StreamPosition stoodAt;

    /** When the owner is to be asked first; {@link Long#MIN_VALUE} once it has been. */
    long dueMillis;

    /** Whether only joins and leaves are missing, and nothing is said of the stream. */
    boolean ofChangesOnly;

    Repair(LocalChannel channel, long sinceMillis) {
        this.channel = channel;
        this.sinceMillis = sinceMillis;
        stoodAt = channel.position();
    }

    /**
     * Whether the stream has gone on since it was last looked at: what was missing has come, and what is missing now is
     * something else, with a time of its own. Where several nodes publish, something is ahead at almost any moment.
     */
    boolean hasMovedOn(long nowMillis) {
        StreamPosition here = channel.position();
        if (Objects.equals(here, stoodAt)) {
            return false;
        }
        stoodAt = here;
        sinceMillis = nowMillis;
        failures = 0;
        return true;
    }
}
