package dev.carillon.cluster;

import com.hazelcast.map.IMap;
import dev.carillon.channel.Comparison;
import dev.carillon.channel.Drift;
import dev.carillon.channel.Standing;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.CompareHeads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares many channels with their owners: one step for each partition, whatever the number of its channels. Safe on
 * any thread; what takes long is done away from the caller's.
 */
final class OwnerComparison {
    private static final Logger LOG = LoggerFactory.getLogger(OwnerComparison.class);

    private final IMap<String, ChannelState> channels;
    private final Owners owners;
    private final ToIntFunction<String> partitionOf;
    private final String node;

    /** @param partitionOf the partition that a channel's name belongs to */
    OwnerComparison(
            IMap<String, ChannelState> channels, Owners owners, ToIntFunction<String> partitionOf, String node) {
        this.channels = channels;
        this.owners = owners;
        this.partitionOf = partitionOf;
        this.node = node;
    }

    Future<Comparison> compare(List<Standing> standings) {
        Promise<Comparison> promise = Promise.promise();
        ForkJoinPool.commonPool().execute(() -> {
            try {
                List<Future<Comparison>> parts =
                        byPartition(standings).stream().map(this::ask).toList();
                Future.join(parts).map(done -> sum(parts)).onComplete(promise);
            } catch (RuntimeException stopping) {
                LOG.debug("no owner could be asked", stopping);
                promise.complete(new Comparison(List.of(), standings.size()));
            }
        });
        return promise.future();
    }

    private Collection<Map<String, Standing>> byPartition(List<Standing> standings) {
        Map<Integer, Map<String, Standing>> parts = new HashMap<>();
        for (Standing standing : standings) {
            String name = standing.channel().key();
            parts.computeIfAbsent(partitionOf.applyAsInt(name), partition -> new HashMap<>())
                    .put(name, standing);
        }
        return parts.values();
    }

    private Future<Comparison> ask(Map<String, Standing> part) {
        Future<Map<String, byte[]>> asked =
                owners.once(() -> channels.submitToKeys(part.keySet(), new CompareHeads(node, part.values())));
        return asked.map(answers -> new Comparison(drifts(part, answers), 0)).otherwise(cause -> {
            LOG.debug("{} channels could not be compared with their owner", part.size(), cause);
            return new Comparison(List.of(), part.size());
        });
    }

    private static List<Drift> drifts(Map<String, Standing> part, Map<String, byte[]> answers) {
        List<Drift> drifts = new ArrayList<>(answers.size());
        answers.forEach((name, answer) -> {
            Standing believed = part.get(name);
            if (believed != null && answer != null) {
                drifts.add(CompareHeads.drift(believed, answer));
            }
        });
        return drifts;
    }

    private static Comparison sum(List<Future<Comparison>> parts) {
        List<Drift> drifts = new ArrayList<>();
        int unanswered = 0;
        for (Future<Comparison> part : parts) {
            drifts.addAll(part.result().drifts());
            unanswered += part.result().unanswered();
        }
        return new Comparison(drifts, unanswered);
    }
}
