package dev.carillon.channel;

import dev.carillon.protocol.JsonFrames;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a publication costs between the node's inbox and its sockets: looked up, put in sequence, encoded once, handed to
 * each subscriber. The sockets themselves are {@code scripts/bench}'s.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HubBench {
    private static final WireForm JSON = JsonFrames::encode;

    @Param({"1", "1000"})
    public int subscribers;

    /** Whether the channel keeps offsets, as all but ephemeral ones do. */
    @Param({"false", "true"})
    public boolean sequenced;

    private final ChannelName channel = new ChannelName("lobby:bench");
    private final EmbeddedChannel socket = new EmbeddedChannel();
    private Inbox inbox = new Inbox(new QuietOwner(), name -> true, 300, HubListener.NONE);
    private long offset;
    private long bytes;

    @Setup
    public void subscribe() {
        inbox = new Inbox(new QuietOwner(), name -> !sequenced, 300, HubListener.NONE);
        Hub hub = inbox.open(socket.eventLoop());
        for (int i = 0; i < subscribers; i++) {
            hub.subscribe(channel, new Counter(), null).onSuccess(hub::goLive);
        }
        socket.runPendingTasks();
        if (hub.subscriptions() != subscribers) {
            throw new IllegalStateException(hub.subscriptions() + " of " + subscribers + " subscribed");
        }
        if (publish() == 0) {
            throw new IllegalStateException("nothing was delivered");
        }
    }

    @Benchmark
    public long publish() {
        StreamPosition at = sequenced ? new StreamPosition("e", ++offset) : StreamPosition.NONE;
        inbox.deliver(List.of(new Publication(channel, at, Payload.NULL, "alice", 1_700_000_000_000L)));
        socket.runPendingTasks();
        return bytes;
    }

    /** Stands for a socket, and counts. */
    private final class Counter extends Subscriber {
        @Override
        public WireForm form() {
            return JSON;
        }

        @Override
        public void write(Turn turn) {
            bytes += turn.joined().readableBytes();
        }

        @Override
        public void flush() {}

        @Override
        public void positionLost(ChannelName lost) {
            throw new IllegalStateException("position lost on " + lost);
        }
    }

    /** Has a channel on which nothing was published yet. */
    private final class QuietOwner implements ChannelOwner {
        @Override
        public Future<Recovery> subscribe(
                ChannelName name,
                long interest,
                @Nullable StreamPosition since,
                int limit,
                @Nullable StreamPosition changesSince) {
            return Future.succeededFuture(
                    sequenced ? new Recovery(new StreamPosition("e", 0), false, List.of()) : Recovery.EPHEMERAL);
        }

        @Override
        public Future<Appended> append(ChannelName name, String origin, long turn, List<Draft> drafts) {
            throw new IllegalStateException("a hub does not append");
        }

        @Override
        public Future<Comparison> compare(List<Standing> standings) {
            throw new IllegalStateException("nothing is in doubt");
        }

        @Override
        public Future<Void> unsubscribe(ChannelName name, long interest) {
            return Future.succeededFuture();
        }

        @Override
        public boolean refuses() {
            return false;
        }
    }
}
