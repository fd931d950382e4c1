package dev.carillon.channel.history;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.ChannelOwner;
import dev.carillon.channel.StreamPosition;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Every channel's owner, with what it keeps. */
public interface ChannelStore extends ChannelOwner {
    /**
     * Reads kept publications.
     *
     * @param since only those after it; null for all
     * @param limit most publications wanted: the oldest of them, or the newest if {@code reverse}
     * @param reverse newest first
     */
    Future<HistoryPage> history(ChannelName channel, @Nullable StreamPosition since, int limit, boolean reverse);
}
