package dev.carillon.channel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.DefaultEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A hub on a real event loop, with an owner that the test speaks for. */
@Timeout(60)
abstract class HubFixture {
    static final ChannelName FEED = new ChannelName("feed");
    static final ChannelName TICK = new ChannelName("tick");

    /** What gathers is told when the test says so. */
    final List<Runnable> gathered = new CopyOnWriteArrayList<>();

    /** Looks at the channels that nobody wants, when the test says so. */
    final List<Runnable> givenUp = new CopyOnWriteArrayList<>();

    /** Milliseconds that the loop was asked to wait with something. */
    final List<Long> delays = new CopyOnWriteArrayList<>();

    final DefaultEventLoop loop = new DefaultEventLoop() {
        /** Outlives a task that fails, as those that sockets are on. */
        @Override
        public void execute(Runnable task) {
            super.execute(() -> safeExecute(task));
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            delays.add(delay);
            if (delay == Gathering.MILLIS) {
                gathered.add(task);
            } else if (delay == Unrouting.PAUSE_MILLIS) {
                givenUp.add(task);
            } else {
                return super.schedule(task, delay, unit);
            }
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }
    };

    final ScriptedOwner owner = new ScriptedOwner();
    final AtomicLong clock = new AtomicLong();

    /** When the first publication of each turn was taken, of turns that had one. */
    final List<Long> turnsOf = new CopyOnWriteArrayList<>();

    private final HubListener listener = new HubListener() {
        @Override
        public void written(long publishedAtMillis) {
            turnsOf.add(publishedAtMillis);
        }
    };

    final Inbox inbox = new Inbox(owner, TICK::equals, 300, listener, clock::get);
    final Hub hub = inbox.open(loop);
    final AtomicInteger encodings = new AtomicInteger();

    /** Of a frame, at least. */
    final AtomicInteger size = new AtomicInteger(1);

    /** Whether ephemeral channels cannot be encoded. */
    volatile boolean broken;

    final WireForm form = event -> {
        if (broken && event.channel().equals(TICK)) {
            throw new IllegalStateException("for the test");
        }
        encodings.incrementAndGet();
        String text = event instanceof Publication publication ? publication.offset() + " " : event + " ";
        return String.format("%-" + size.get() + "s", text).getBytes(UTF_8);
    };

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    void tellGathered() throws Exception {
        loop.submit(gathered.remove(0)).get(30, TimeUnit.SECONDS);
        settle();
    }

    void change(String name) throws Exception {
        inbox.deliver(List.of(new Change(FEED, name)));
        settle();
    }

    Socket live(ChannelName channel, long offset) throws Exception {
        return live(channel, "e", offset);
    }

    Socket live(ChannelName channel, String epoch, long offset) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(channel, socket);
        if (!joining.isComplete()) {
            owner.next().answer(new Recovery(new StreamPosition(epoch, offset), false, List.of()));
        }
        goLive(joining);
        return socket;
    }

    /** One whom the owner told of more than has come here. */
    Socket ahead(long offset) throws Exception {
        Socket socket = new Socket();
        Future<Hub.Joining> joining = join(FEED, socket, position(offset));
        owner.next().answer(new Recovery(position(offset), true, List.of()));
        goLive(joining);
        return socket;
    }

    Future<Hub.Joining> join(ChannelName channel, Socket socket) throws Exception {
        return join(channel, socket, null);
    }

    Future<Hub.Joining> join(ChannelName channel, Socket socket, @Nullable StreamPosition since) throws Exception {
        return onLoop(() -> hub.subscribe(channel, socket, since));
    }

    void goLive(Future<Hub.Joining> joining) throws Exception {
        settle();
        onLoop(() -> {
            hub.goLive(joining.result());
            return null;
        });
        settle();
    }

    /** Until the loop has done what it was given, the end of a turn included. */
    void settle() throws Exception {
        for (int i = 0; i < 3; i++) {
            onLoop(() -> null);
        }
    }

    <T> T onLoop(Callable<T> work) throws Exception {
        return loop.submit(work).get(30, TimeUnit.SECONDS);
    }

    static StreamPosition position(long offset) {
        return new StreamPosition("e", offset);
    }

    static Publication publication(long offset) {
        return publication("e", offset);
    }

    static Publication publication(String epoch, long offset) {
        return new Publication(FEED, new StreamPosition(epoch, offset), Payload.NULL, null, 0);
    }

    static Publication takenAt(long millis, long offset) {
        return new Publication(FEED, position(offset), Payload.NULL, null, millis);
    }

    static Publication tick() {
        return new Publication(TICK, StreamPosition.NONE, Payload.NULL, null, 0);
    }

    static List<Publication> publications(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(HubTest::publication).toList();
    }

    final class Socket extends Subscriber {
        final List<String> writes = new ArrayList<>();
        final List<String> calls = new ArrayList<>();
        int flushes;
        int lost;
        int left;
        Runnable whenLost = () -> {};

        @Override
        public WireForm form() {
            return form;
        }

        @Override
        public void write(Turn turn) {
            writes.add(turn.joined().toString(UTF_8));
            calls.add("write " + turn.joined().toString(UTF_8));
        }

        @Override
        public void flush() {
            flushes++;
            calls.add("flush");
        }

        @Override
        public void writeAndFlush(Turn turn) {
            writes.add(turn.joined().toString(UTF_8));
            calls.add("write and flush " + turn.joined().toString(UTF_8));
            flushes++;
        }

        @Override
        public void left(ChannelName channel) {
            left++;
        }

        @Override
        public void positionLost(ChannelName channel) {
            lost++;
            whenLost.run();
        }

        String text() {
            return String.join("", writes);
        }
    }
}
