package dev.carillon.auth;

import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Identities to permissions. Safe on any thread; a future completes on the caller's context and fails only with
 * {@link dev.carillon.channel.UnavailableException}: who had to be asked did not answer, which is neither yes nor no.
 */
public interface Permissions {
    /** @param channelToken given with the command; null for none */
    Future<Boolean> maySubscribe(Identity who, String sessionId, ChannelName channel, @Nullable String channelToken);

    Future<Boolean> mayPublish(Identity who, String sessionId, ChannelName channel);
}
