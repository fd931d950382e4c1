package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * What owners know of channels, for operators. Safe on any thread; futures complete on the caller's context and fail with
 * {@link dev.carillon.channel.UnavailableException} where the cluster cannot be asked.
 */
public interface ChannelCensus {
    /** What is wanted first. */
    enum Order {
        /** Names from a to z. */
        NAME,
        /** Those with the most sessions in their presence. */
        MEMBERS,
        /** Those that keep the most publications. */
        KEPT
    }

    /**
     * Goes through all channels with subscribers or kept publications.
     *
     * @param prefix what their keys begin with: of one tenant, or of none
     * @param limit most channels wanted, the first in the order
     */
    Future<List<ChannelInfo>> first(String prefix, Order order, int limit);

    /** Those of the channels that an owner has, in any order. */
    Future<List<ChannelInfo>> of(Collection<ChannelName> channels);
}
