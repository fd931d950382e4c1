package dev.carillon.ops;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One thing that must hold for a node to take clients.
 *
 * @param name of the check, as operators see it: {@code joined}, {@code partitions-safe}, {@code not-draining}
 * @param holds asked at every probe, on an event loop; a failed future, an exception or no answer within a second is as
 *     good as no
 */
public record ReadyCheck(String name, Supplier<Future<Boolean>> holds) {}
