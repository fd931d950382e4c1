package dev.carillon.channel;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;

/** How many subscribers channels have on this node, for operators. Safe on any thread; futures complete on any thread. */
public final class Headcount {
    private final List<Hub> hubs;

    Headcount(List<Hub> hubs) {
        this.hubs = hubs;
    }

    /** Of these channels; those without any are left out. */
    public Future<Map<ChannelName, Integer>> of(Collection<ChannelName> channels) {
        return onAll(hub -> {
            Map<ChannelName, Integer> counts = new HashMap<>();
            for (ChannelName channel : channels) {
                int subscribers = hub.subscribers(channel);
                if (subscribers > 0) {
                    counts.put(channel, subscribers);
                }
            }
            return counts;
        });
    }

    /**
     * Of those with the most. A channel that is among them on some loops only is counted on these: ask for those
     * {@linkplain #of by name} to know.
     *
     * @param prefix what their keys begin with: of one tenant, or of none
     * @param limit most channels of each loop
     */
    public Future<Map<ChannelName, Integer>> most(String prefix, int limit) {
        return onAll(hub -> {
            PriorityQueue<Map.Entry<ChannelName, Integer>> most = new PriorityQueue<>(Map.Entry.comparingByValue());
            hub.headcount((channel, subscribers) -> {
                if (channel.isUnder(prefix)) {
                    most.add(Map.entry(channel, subscribers));
                    if (most.size() > limit) {
                        most.remove();
                    }
                }
            });
            Map<ChannelName, Integer> counts = new HashMap<>();
            most.forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
            return counts;
        });
    }

    private Future<Map<ChannelName, Integer>> onAll(Function<Hub, Map<ChannelName, Integer>> count) {
        List<Future<Map<ChannelName, Integer>>> counts = new ArrayList<>();
        for (Hub hub : hubs) {
            Promise<Map<ChannelName, Integer>> counted = Promise.promise();
            hub.loop().execute(() -> counted.complete(count.apply(hub)));
            counts.add(counted.future());
        }
        return Future.all(counts).map(all -> {
            Map<ChannelName, Integer> sum = new HashMap<>();
            counts.forEach(one -> one.result().forEach((channel, more) -> sum.merge(channel, more, Integer::sum)));
            return sum;
        });
    }
}
