package dev.carillon.bus;

import io.vertx.core.Future;

/** A handler that was registered and can be taken away. */
@FunctionalInterface
public interface Registration {
    /** Completes when no node sends to the handler any more. */
    Future<Void> unregister();
}
