package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.ClientFrame;
import io.vertx.core.Future;

/**
 * The part of the application that is given what clients publish, where the namespace says so, and answers with what is
 * published instead. Safe on any thread; a future completes on the caller's context and within a time limit of the
 * implementation's own.
 */
@FunctionalInterface
public interface Editor {
    /**
     * Fails with {@link Requests.RequestFailure} or {@link dev.carillon.protocol.ProtocolException} if the application
     * refuses it, and with {@link dev.carillon.channel.UnavailableException} if it did not answer: the client may repeat
     * its publish, which comes here again, with the same key.
     *
     * @param address the namespace's {@code publish-through}
     */
    Future<Payload> edit(
            String address, Identity who, String sessionId, ChannelName channel, ClientFrame.Publish publish);
}
