package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.check.Position;
import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.nodes.NodeSettings;
import dev.carillon.it.chaos.nodes.Places;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All clients of a run, and what they write down. Everything random comes from the seed. Its calls belong to one thread;
 * none of them waits, but for {@link #close}.
 */
public final class Load implements AutoCloseable {
    /** Names of subscribers that stop reading begin so. */
    public static final String SLOW = "slow";

    private static final int LOOPS = 2;

    /** Clients come one after the other; a crowd that comes at once is a scenario of its own. */
    private static final long START_EVERY_MS = 3;

    private static final int CONNECT_TIMEOUT_MS = 3000;
    private static final int LARGEST_FRAME = 64 * 1024 * 1024;
    private static final int SMALL_BUFFER_BYTES = 16 * 1024;

    private final long seed;
    private final History history = new History();
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
    private final Surroundings around;
    private final Surroundings withSmallBuffers;

    private final List<Crowd> crowds = new ArrayList<>();
    private final List<SubscriberClient> subscribers = new ArrayList<>();
    private final List<PublisherClient> publishers = new ArrayList<>();

    /** @param clock nanoseconds since the run began */
    public Load(Places nodes, long seed, LongSupplier clock) {
        this.seed = seed;
        Tokens tokens = new Tokens(vertx);
        WebSocketClientOptions options = new WebSocketClientOptions()
                .setMaxConnections(100_000)
                .setMaxFrameSize(LARGEST_FRAME)
                .setMaxMessageSize(LARGEST_FRAME)
                .setConnectTimeout(CONNECT_TIMEOUT_MS);
        around = new Surroundings(
                vertx,
                vertx.createWebSocketClient(options),
                nodes,
                history,
                clock,
                tokens::of,
                new AtomicLong(),
                "k" + System.nanoTime() + "-");
        withSmallBuffers = around.with(
                vertx,
                vertx.createWebSocketClient(
                        new WebSocketClientOptions(options).setReceiveBufferSize(SMALL_BUFFER_BYTES)));
    }

    /** Subscribers that can be told from others, to do something to all of them. */
    public final class Group {
        private final List<SubscriberClient> members;

        private Group(List<SubscriberClient> members) {
            this.members = members;
        }

        public boolean isReady() {
            return members.stream().allMatch(SubscriberClient::isReady);
        }

        /** Members that are not subscribed to all they want. */
        public long missing() {
            return members.stream().filter(member -> !member.isReady()).count();
        }

        /** Attempts to connect that came to nothing, of all members. */
        int refusedAttempts() {
            return members.stream().mapToInt(SubscriberClient::refusedAttempts).sum();
        }

        /** Ends all connections at once; they come back by themselves. */
        void disconnect() {
            members.forEach(SubscriberClient::disconnect);
        }

        public void read(boolean reads) {
            members.forEach(member -> member.read(reads));
        }
    }

    /** The name of a channel under test. */
    public static String channel(String rest) {
        return NodeSettings.NAMESPACE + ":" + rest;
    }

    public static List<String> channels(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> channel(Integer.toString(i)))
                .toList();
    }

    /**
     * Starts subscribers of one or two of the channels each, and some of {@code online} too.
     *
     * @param name what their users' names begin with
     * @param onlineEvery one in so many; 0 for none
     */
    public Group subscribe(String name, int count, List<String> channels, int onlineEvery) {
        List<SubscriberClient> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Random random = random(name + i);
            List<String> wanted = new ArrayList<>(2);
            wanted.add(channels.get(i % channels.size()));
            String second = channels.get(random.nextInt(channels.size()));
            if (random.nextBoolean() && !wanted.contains(second)) {
                wanted.add(second);
            }
            // On both loops: they have more to read than others.
            if (onlineEvery > 0 && i % onlineEvery == i / onlineEvery % LOOPS) {
                wanted.add("online");
            }
            Surroundings its = surroundings(name);
            SubscriberClient member = new SubscriberClient(
                    its, ((VertxInternal) its.vertx()).createEventLoopContext(), name + i, wanted, random);
            members.add(member);
            member.start(i * START_EVERY_MS);
        }
        subscribers.addAll(members);
        return new Group(members);
    }

    /** Starts thousands of subscribers of one or two of the channels each, who write nothing down. */
    public Crowd crowd(int count, List<String> channels) {
        Crowd crowd = new Crowd(around.nodes(), seed, count, channels);
        crowds.add(crowd);
        return crowd;
    }

    private Surroundings surroundings(String name) {
        return name.startsWith(SLOW) ? withSmallBuffers : around;
    }

    /** Starts publishers that connect now and publish when {@link #publish} says so. */
    public void publishers(String name, int count, List<String> channels, double perSecond, int paddingBytes) {
        for (int i = 0; i < count; i++) {
            PublisherClient publisher = new PublisherClient(
                    around,
                    ((VertxInternal) vertx).createEventLoopContext(),
                    name + i,
                    channels,
                    paddingBytes,
                    random(name + i));
            publishers.add(publisher);
            publisher.start(perSecond);
        }
    }

    private Random random(String name) {
        return new Random(seed * 31 + name.hashCode());
    }

    public void publish(boolean on) {
        publishers.forEach(publisher -> publisher.publish(on));
    }

    /** Publications without an ack. */
    public int waiting() {
        return publishers.stream().mapToInt(PublisherClient::waiting).sum();
    }

    public boolean isReady() {
        return subscribers.stream().allMatch(SubscriberClient::isReady);
    }

    /** Subscribers that are not where their channels end. */
    public long behind(Map<Integer, Position> heads) {
        return subscribers.stream().filter(member -> !member.stands(heads)).count();
    }

    /** Users of subscribers that are connected now. */
    public Set<Integer> connected() {
        return subscribers.stream()
                .filter(SubscriberClient::isReady)
                .map(member -> history.users().number(member.user()))
                .collect(Collectors.toSet());
    }

    /** How many subscribers are connected to a place. */
    public long at(int place) {
        return subscribers.stream().filter(member -> member.place() == place).count();
    }

    /** What was written down; to be read once this is closed. */
    public History history() {
        return history;
    }

    /** Closes all connections and waits until nothing more is written down. */
    @Override
    public void close() {
        publishers.forEach(PublisherClient::stop);
        subscribers.forEach(SubscriberClient::stop);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        crowds.forEach(Crowd::close);
    }
}
