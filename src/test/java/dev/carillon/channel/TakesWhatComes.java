package dev.carillon.channel;

import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** Copied into {@link Sequence#offer} of a node that is broken on purpose: whatever is ahead of its turn has its turn. */
public final class TakesWhatComes {
    private TakesWhatComes() {}

    @Advice.OnMethodEnter
    @SuppressWarnings("UnusedVariable") // what is assigned is the field and not a variable
    static void offered(
            @Advice.Argument(0) SharedEvent event,
            @Advice.FieldValue(value = "position", readOnly = false) @Nullable StreamPosition position) {
        Publication publication = (Publication) event.event();
        if (position != null
                && position.epoch().equals(publication.epoch())
                && publication.offset() > position.offset()) {
            position = new StreamPosition(publication.epoch(), publication.offset() - 1);
        }
    }
}
