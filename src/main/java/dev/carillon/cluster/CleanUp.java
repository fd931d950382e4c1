package dev.carillon.cluster;

import com.hazelcast.map.IMap;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import dev.carillon.cluster.DepartedNodes.Departed;
import dev.carillon.cluster.owner.ChannelState;
import dev.carillon.cluster.owner.DropNode;
import dev.carillon.cluster.owner.ReadLeft;
import dev.carillon.cluster.owner.Unpacker;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes what a departed node left behind: routing, members, whose leaves are told, and sessions of users, whose grace
 * periods this node takes over. Done again it changes and tells only what is left. Channels are cleaned one by one: of
 * one that fails nothing is lost but the time until it is begun again. If this node dies between a channel's step and
 * the telling of its leaves, nodes with subscribers find that they miss them and read them from the owner.
 */
final class CleanUp {
    private static final int IN_FLIGHT = 128;

    /** Above the time that Hazelcast gives a call and its copy. */
    private static final long PATIENCE_SECONDS = 60;

    private final IMap<String, ChannelState> channels;
    private final HazelcastPresenceStore presence;
    private final HazelcastUserStore users;
    private final NodeDirectory directory;
    private final InstantSource clock;

    CleanUp(
            IMap<String, ChannelState> channels,
            HazelcastPresenceStore presence,
            HazelcastUserStore users,
            NodeDirectory directory,
            InstantSource clock) {
        this.channels = channels;
        this.presence = presence;
        this.users = users;
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Blocks: not for an event loop.
     *
     * @param may whether to go on; asked again and again
     * @throws UnavailableException if something may be left
     * @throws com.hazelcast.core.HazelcastException likewise
     */
    void after(Departed gone, BooleanSupplier may) throws InterruptedException {
        directory.remove(gone.node());
        dropFromChannels(gone, may);
        users.dropNode(gone.node(), gone.incarnation());
    }

    private void dropFromChannels(Departed gone, BooleanSupplier may) throws InterruptedException {
        AtomicInteger failures = new AtomicInteger();
        Semaphore free = new Semaphore(IN_FLIGHT);
        for (Map.Entry<String, byte[]> left :
                channels.executeOnEntries(new ReadLeft(gone.node())).entrySet()) {
            if (left.getValue() != null) {
                await(free, 1);
                if (!may.getAsBoolean()) {
                    throw new UnavailableException("no longer this node's to clean up");
                }
                drop(ChannelName.ofKey(left.getKey()), gone, free, failures);
            }
        }
        await(free, IN_FLIGHT);
        if (failures.get() > 0) {
            throw new UnavailableException(failures + " channels could not be reached");
        }
    }

    private void drop(ChannelName channel, Departed gone, Semaphore free, AtomicInteger failures) {
        channels.submitToKey(channel.key(), new DropNode(gone.node(), gone.incarnation(), clock.millis()))
                .whenCompleteAsync(
                        (answer, failure) -> {
                            if (failure == null) {
                                tellLeaves(channel, answer);
                            } else {
                                failures.incrementAndGet();
                            }
                            free.release();
                        },
                        Runnable::run);
    }

    private static void await(Semaphore free, int permits) throws InterruptedException {
        if (!free.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new UnavailableException("the cluster did not answer");
        }
    }

    private void tellLeaves(ChannelName channel, byte @Nullable [] answer) {
        if (answer != null) {
            Unpacker unpacker = new Unpacker(answer);
            Set<String> nodes = Set.copyOf(unpacker.texts());
            List<ChannelEvent> leaves = unpacker.list(unpacker::event);
            presence.send(channel, nodes, leaves);
        }
    }
}
