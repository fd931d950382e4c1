package dev.carillon.ops;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One thing that must hold for a node to take clients, or for nodes to be stopped.
 *
 * @param name of the check, as operators see it: {@code joined}, {@code majority}, {@code partitions-safe}, {@code not-draining},
 *     {@code copies}
 * @param holds asked at every probe, on an event loop; a failed future, an exception or no answer within a second is as
 *     good as no
 * @param why how it stands, in words that whoever asks may read; empty if there is nothing to say
 */
public record ReadyCheck(String name, Supplier<Future<Boolean>> holds, Supplier<String> why) {
    public ReadyCheck(String name, Supplier<Future<Boolean>> holds) {
        this(name, holds, () -> "");
    }
}
