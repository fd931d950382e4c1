package dev.carillon.session;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.CloseCode;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What servers, verticles and operators may do on any node for the whole cluster; permissions are not asked again.
 * Safe on any thread; futures complete on the caller's context. They fail with
 * {@link dev.carillon.protocol.ProtocolException} for what the caller can mend, and with
 * {@link dev.carillon.channel.UnavailableException} for what it can retry with the same key. Users are named by their keys, which
 * are their ids where there are no tenants: {@link dev.carillon.channel.Tenant}.
 */
public interface Gateway {
    /**
     * Publishes on a channel.
     *
     * @param userId the publishing user; null for a server
     * @param key makes a retry harmless; null for none
     * @param traceparent reaches subscribers; null for none
     */
    Future<Ack> publish(
            ChannelName channel,
            Payload data,
            @Nullable String userId,
            @Nullable String key,
            @Nullable String traceparent);

    Future<HistoryPage> history(ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse);

    Future<PresenceSnapshot> presence(ChannelName channel);

    Future<UserStatus> user(String userId);

    /** The same for many, in the order asked. */
    Future<List<UserStatus>> users(List<String> userIds);

    /**
     * Closes connections of a user, wherever they are.
     *
     * @param sessionId only this one; null for all
     * @return how many there were
     */
    Future<Integer> disconnect(String userId, @Nullable String sessionId, CloseCode code);

    /** Revokes all tokens of the user issued before a moment, and closes the connections made with them with 4401. */
    Future<Void> revokeUser(String userId, Instant before);

    /** The same for all users of a tenant, or all who have none. */
    Future<Void> revokeAll(String tenant, Instant before);

    /**
     * Believes no token of the user any more, and closes all connections of the user with 4401.
     *
     * @param until when the user is let in again by itself; null for never
     * @return how many connections there were
     */
    Future<Integer> block(String userId, @Nullable Instant until);

    /** Undoes a block; nothing happens if there is none. */
    Future<Void> unblock(String userId);

    /** Until when a user is blocked, {@link Instant#MAX} for ever; null if the user is not. */
    @Nullable
    Instant blockedUntil(String userId);

    /** Revokes one token by its id, and closes connections made with it with 4401. */
    Future<Void> revokeToken(String tokenId, Instant until);

    /** Subscribes all connections that a user has now; returns how many there were. */
    Future<Integer> subscribe(String userId, ChannelName channel);

    /** Ends the subscription on all connections that a user has now; returns how many there were. */
    Future<Integer> unsubscribe(String userId, ChannelName channel);

    /** The nodes of the cluster, in the order of their ids. */
    Future<List<NodeInfo>> nodes();

    /** This node, as it stands now. */
    NodeInfo self();
}
