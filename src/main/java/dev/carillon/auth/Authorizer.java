package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;

/**
 * Asks the application whether a user may do something. Safe on any thread; a future completes on the caller's context
 * and within a time limit of the implementation's own; it fails if the application did not answer.
 */
@FunctionalInterface
public interface Authorizer {
    /** The actions asked about. */
    String SUBSCRIBE = "subscribe";

    String PUBLISH = "publish";

    /**
     * @param address the namespace's {@code authorize} address
     * @param action {@link #SUBSCRIBE} or {@link #PUBLISH}
     */
    Future<Boolean> ask(String address, String action, Identity who, String sessionId, ChannelName channel);
}
