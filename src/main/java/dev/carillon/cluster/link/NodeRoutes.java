package dev.carillon.cluster.link;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.Routes;
import dev.carillon.cluster.owner.Format;
import dev.carillon.cluster.owner.Packer;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to other nodes: one event-bus address each, and between any two members a link in each direction. The event
 * bus loses in silence; links are numbered and beat, so that within two seconds the receiver knows that it has to
 * compare its channels with their owners. Safe on any thread.
 */
public final class NodeRoutes implements Routes {
    static final long BEAT_MILLIS = 1_000;

    /** Strangers that the log names once; more are not told apart. */
    private static final int MAX_STRANGERS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(NodeRoutes.class);

    private final VertxInternal vertx;
    private final String self;
    private final Supplier<Set<String>> members;
    private final long maxLinkBytes;
    private final LinkListener listener;
    private final LongSupplier micros;
    private final LongSupplier clock;
    private final Map<String, Peer> peers = new ConcurrentHashMap<>();
    private final Set<String> strangers = ConcurrentHashMap.newKeySet();
    private final AtomicLong incarnations = new AtomicLong();
    private final SilenceWatch silence = new SilenceWatch();
    private final Seldom mayComplain;
    private volatile @Nullable Open open;

    private record Open(Inbox inbox, Runnable doubt, NodeAddress address, long timer) {}

    /**
     * @param self id of this node
     * @param members ids of all nodes in the cluster now; must not block
     * @param maxLinkBytes most that waits for one node or is not acknowledged by it
     * @param micros microseconds on a clock that only goes forward, and never 0
     */
    public NodeRoutes(
            Vertx vertx,
            String self,
            Supplier<Set<String>> members,
            long maxLinkBytes,
            LinkListener listener,
            LongSupplier micros) {
        this.vertx = (VertxInternal) vertx;
        this.self = self;
        this.members = members;
        this.maxLinkBytes = maxLinkBytes;
        this.listener = listener;
        this.micros = micros;
        clock = () -> micros.getAsLong() / 1_000;
        mayComplain = new Seldom(Peer.COMPLAINT_MILLIS, clock);
    }

    /**
     * Begins to receive, and to beat.
     *
     * @param inbox gets the events
     * @param control gets other messages
     * @param doubt is told when events may not have come
     */
    public Future<Void> open(Inbox inbox, Handler<Message<Object>> control, Runnable doubt) {
        NodeAddress address = new NodeAddress(vertx, self, message -> {
            if (message.body() instanceof Buffer buffer) {
                receive(buffer.getBytes());
            } else {
                control.handle(message);
            }
        });
        open = new Open(inbox, doubt, address, vertx.setPeriodic(BEAT_MILLIS, now -> beat()));
        return address.open();
    }

    /** Completes when the event bus has been given everything that was sent until now. */
    public Future<Void> flushed() {
        return Future.join(peers.values().stream().map(Peer::flushed).toList()).mapEmpty();
    }

    /** Says goodbye to all, and is heard no more. */
    public Future<Void> close() {
        Open was = open;
        open = null;
        if (was == null) {
            return Future.succeededFuture();
        }
        vertx.cancelTimer(was.timer());
        List<Future<Void>> goodbyes = peers.values().stream().map(Peer::goodbye).toList();
        return Future.join(goodbyes).transform(said -> {
            peers.keySet().forEach(this::forget);
            return was.address().close();
        });
    }

    @Override
    public void send(Set<String> nodes, List<? extends ChannelEvent> events) {
        byte[] packed = null;
        for (String node : nodes) {
            if (node.equals(self)) {
                Open here = open;
                if (here != null) {
                    here.inbox().deliver(events);
                }
                continue;
            }
            Peer peer = peer(node);
            if (peer == null) {
                // Once it is a member, or again, it takes the first message of its new link for a hole.
                listener.dropped(events.size());
            } else {
                packed = packed == null ? pack(events) : packed;
                peer.send(packed, events.size());
            }
        }
    }

    /** A node left: nothing is kept for it any more. If it comes back, its links begin anew. */
    public void forget(String node) {
        Peer gone = peers.remove(node);
        if (gone != null) {
            gone.outbound().close();
            listener.forgotten(node);
        }
    }

    /** The links with a member; null for anybody else, so that nothing is kept for those who left. */
    private @Nullable Peer peer(String node) {
        Peer known = peers.get(node);
        return known != null ? known : peers.computeIfAbsent(node, this::meet);
    }

    private @Nullable Peer meet(String node) {
        if (open == null || node.equals(self) || !members.get().contains(node)) {
            return null;
        }
        return new Peer(
                node,
                new OutboundLink(self, incarnations.incrementAndGet(), maxLinkBytes, listener),
                new InboundLink(clock.getAsLong()),
                vertx.eventBus().sender(NodeAddress.of(node), new DeliveryOptions()),
                vertx.createEventLoopContext(),
                micros);
    }

    private static byte[] pack(List<? extends ChannelEvent> events) {
        Packer packer = new Packer(256 * events.size());
        events.forEach(packer::event);
        return packer.toBytes();
    }

    private void receive(byte[] bytes) {
        try {
            LinkMessage message = LinkMessage.read(bytes);
            if (message instanceof LinkMessage.Unknown unknown) {
                nameOnce(unknown);
                return;
            }
            Open here = open;
            Peer peer = peer(message.sender());
            if (here == null || peer == null) {
                return; // Of another cluster, as far as this node knows: what it says of channels may not hold here.
            }
            if (message instanceof LinkMessage.Events events) {
                here.inbox().deliver(events.unpack());
                if (peer.inbound().received(events.incarnation(), events.number(), bytes.length, clock.getAsLong())) {
                    hole(here);
                }
                if (peer.inbound().takeAcknowledgement()) {
                    peer.beat();
                }
            } else if (message instanceof LinkMessage.Beat beat) {
                long round = peer.wentRound(beat.stamp());
                if (round >= 0) {
                    listener.wentRound(beat.sender(), round);
                }
                peer.outbound().acknowledged(new InboundLink.Heard(beat.heardIncarnation(), beat.heardNumber()));
                if (peer.inbound().beat(beat.incarnation(), beat.last(), clock.getAsLong())) {
                    hole(here);
                }
            } else {
                peer.inbound().goodbye();
            }
        } catch (IllegalArgumentException e) {
            if (mayComplain.mayNow()) {
                LOG.error("a node sent {} bytes that are no message", bytes.length, e);
            }
        }
    }

    private void hole(Open here) {
        listener.holeSeen();
        here.doubt().run();
    }

    private void nameOnce(LinkMessage.Unknown unknown) {
        if (strangers.size() < MAX_STRANGERS && strangers.add(unknown.sender())) {
            LOG.error(
                    "node {} sends in format {} and this one reads {} and {}; update nodes one version after the other",
                    unknown.sender(),
                    unknown.version(),
                    Format.BEFORE,
                    Format.LATEST);
        }
    }

    private void beat() {
        Open here = open;
        if (here == null) {
            return;
        }
        try {
            Set<String> there = members.get();
            peers.keySet().stream().filter(node -> !there.contains(node)).forEach(this::forget);
            long now = clock.getAsLong();
            long silent = 0;
            for (String node : there) {
                Peer peer = peer(node);
                if (peer != null) {
                    peer.beat();
                    silent = Math.max(silent, peer.inbound().silentMillis(now));
                }
            }
            if (silence.isDue(silent, now)) {
                renewAddress(here);
            }
        } catch (RuntimeException e) {
            LOG.debug("no beat", e); // The member is stopping.
        }
    }

    private void renewAddress(Open here) {
        listener.addressRenewed();
        String missed = peers.entrySet().stream()
                .filter(peer -> peer.getValue().isMissed())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        if (!missed.isEmpty()) {
            LOG.warn("nothing is heard of {}; this node registers its address anew", missed);
        }
        here.address().renew().onFailure(cause -> LOG.warn("this node's address could not be registered", cause));
    }
}
