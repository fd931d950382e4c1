package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;
import java.util.List;

/**
 * What operators ask of any node about the whole cluster, beside what they may do by {@link Gateway}. Safe on any thread;
 * futures complete on the caller's context. They fail with {@link dev.carillon.protocol.ProtocolException} for what the
 * caller can mend, and with {@link dev.carillon.channel.UnavailableException} for what it can ask again.
 */
public interface Operations {
    /** What comes first in a list of channels. */
    enum Sort {
        NAME,
        /** Publications accepted in the last seconds. */
        RATE,
        SUBSCRIBERS,
        MEMBERS,
        KEPT
    }

    /** All nodes, in the order of their ids. */
    Future<List<NodeReport>> nodes();

    /**
     * How a node stood, oldest first.
     *
     * @param samples most wanted, the newest of them
     */
    Future<List<NodeSample>> series(String node, int samples);

    /**
     * Channels with subscribers, kept publications or traffic.
     *
     * @param prefix what their keys begin with: of one tenant, or of none
     * @param limit most wanted, the first in the order
     */
    Future<List<ChannelReport>> channels(String prefix, Sort sort, int limit);

    /** One channel; all zeros if nobody knows it. */
    Future<ChannelReport> channel(ChannelName channel);

    /** @param userKey the user, told apart from those of other tenants */
    Future<UserReport> user(String userKey);

    /**
     * Has a node refuse new clients and send those it has to the others, as {@code drain} of its settings says; it stays
     * in the cluster. Completes when it has begun; again it does nothing.
     *
     * @param force also if no other node takes clients
     * @return how many clients it has to send away
     */
    Future<Integer> drain(String node, boolean force);
}
