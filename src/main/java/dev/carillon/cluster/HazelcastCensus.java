package dev.carillon.cluster;

import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.query.Predicate;
import com.hazelcast.query.Predicates;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.ReadSummary;
import dev.carillon.cluster.owner.Unpacker;
import dev.carillon.session.ChannelCensus;
import dev.carillon.session.ChannelInfo;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** What owners know of channels. Partitions are gone through one after the other, so that a million channels fit. */
final class HazelcastCensus implements ChannelCensus {
    private final ClusterNode node;
    private final IMap<String, ChannelState> channels;
    private final PartitionService partitions;

    HazelcastCensus(ClusterNode node, IMap<String, ChannelState> channels, PartitionService partitions) {
        this.node = node;
        this.channels = channels;
        this.partitions = partitions;
    }

    @Override
    public Future<List<ChannelInfo>> first(String prefix, Order order, int limit) {
        Comparator<ChannelInfo> comparator = comparator(order);
        Predicate<String, ChannelState> named = Predicates.like(
                "__key", prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%");
        return asked("listing channels", () -> {
            PriorityQueue<ChannelInfo> first = new PriorityQueue<>(comparator.reversed());
            for (String key : keyOfEach()) {
                channels.executeOnEntries(new ReadSummary(), Predicates.partitionPredicate(key, named))
                        .forEach((channel, answer) -> {
                            if (ChannelName.ofKey(channel).isUnder(prefix)) {
                                first.add(info(channel, answer));
                            }
                            if (first.size() > limit) {
                                first.remove();
                            }
                        });
            }
            return first.stream().sorted(comparator).toList();
        });
    }

    @Override
    public Future<List<ChannelInfo>> of(Collection<ChannelName> names) {
        return asked(
                "reading channels",
                () -> channels
                        .executeOnKeys(
                                names.stream().map(ChannelName::key).collect(Collectors.toSet()), new ReadSummary())
                        .entrySet()
                        .stream()
                        .filter(entry -> entry.getValue() != null)
                        .map(entry -> info(entry.getKey(), entry.getValue()))
                        .toList());
    }

    /** One key in each partition. */
    private Collection<String> keyOfEach() {
        int count = partitions.getPartitions().size();
        Map<Integer, String> keys = new HashMap<>();
        for (int i = 0; keys.size() < count; i++) {
            String key = Integer.toString(i);
            keys.putIfAbsent(partitions.getPartition(key).getPartitionId(), key);
        }
        return keys.values();
    }

    private <T> Future<T> asked(String what, Callable<T> question) {
        return node.majority().isLost()
                ? Future.failedFuture(new UnavailableException(
                        "no majority: " + node.majority().why()))
                : node.blocking(what, question);
    }

    private static Comparator<ChannelInfo> comparator(Order order) {
        Comparator<ChannelInfo> byName = Comparator.comparing(ChannelInfo::channel);
        return switch (order) {
            case NAME -> byName;
            case MEMBERS ->
                Comparator.comparingInt(ChannelInfo::members).reversed().thenComparing(byName);
            case KEPT -> Comparator.comparingInt(ChannelInfo::kept).reversed().thenComparing(byName);
        };
    }

    private ChannelInfo info(String channel, byte[] answer) {
        Unpacker unpacker = new Unpacker(answer);
        return new ChannelInfo(
                channel,
                unpacker.position(),
                (int) unpacker.number(),
                (int) unpacker.number(),
                node.ownerOf(channel),
                unpacker.texts());
    }
}
