package dev.carillon.cluster;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Routes;
import dev.carillon.cluster.owner.Packer;
import dev.carillon.cluster.owner.Unpacker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to other nodes: one event-bus address each. What is sent to a node while a message to it is being put
 * together travels in the same buffer. The link may lose: receivers find holes by offsets.
 */
final class NodeRoutes implements Routes {
    /** Version of the buffers; a node that does not know it drops them and says so. */
    private static final byte FORMAT = 1;

    /** Bytes waiting to be sent to one node; beyond it events are dropped, which the receiver notices. */
    private static final int MAX_OUTBOX_BYTES = 16 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(NodeRoutes.class);

    private final Vertx vertx;
    private final String self;
    private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();
    private volatile @Nullable Inbox inbox;
    private @Nullable MessageConsumer<Object> consumer;

    NodeRoutes(Vertx vertx, NodeIdentity self) {
        this.vertx = vertx;
        this.self = self.id();
    }

    /** Begins to receive: events into the inbox, other messages, the control messages, to {@code control}. */
    Future<Void> open(Inbox newInbox, io.vertx.core.Handler<Message<Object>> control) {
        inbox = newInbox;
        MessageConsumer<Object> opened = vertx.eventBus().consumer(NodeIdentity.address(self));
        consumer = opened;
        opened.handler(message -> {
            if (message.body() instanceof Buffer buffer) {
                receive(newInbox, buffer.getBytes());
            } else {
                control.handle(message);
            }
        });
        return opened.completion();
    }

    Future<Void> close() {
        return consumer == null ? Future.succeededFuture() : consumer.unregister();
    }

    @Override
    public void send(Set<String> nodes, List<? extends ChannelEvent> events) {
        byte[] packed = null;
        for (String node : nodes) {
            if (node.equals(self)) {
                Inbox here = inbox;
                if (here != null) {
                    here.deliver(events);
                }
            } else {
                packed = packed == null ? pack(events) : packed;
                outboxes.computeIfAbsent(node, Outbox::new).add(packed);
            }
        }
    }

    /** A node left for good. */
    void forget(String node) {
        outboxes.remove(node);
    }

    private static byte[] pack(List<? extends ChannelEvent> events) {
        Packer packer = new Packer(256 * events.size());
        events.forEach(packer::event);
        return packer.toBytes();
    }

    private static void receive(Inbox inbox, byte[] bytes) {
        try {
            Unpacker unpacker = new Unpacker(bytes);
            if (unpacker.number() != FORMAT) {
                LOG.error("a node sent events in a format of another version; update this node");
                return;
            }
            List<ChannelEvent> events = new ArrayList<>();
            while (!unpacker.isAtEnd()) {
                events.add(unpacker.event());
            }
            inbox.deliver(events);
        } catch (IllegalArgumentException e) {
            LOG.error("a node sent {} bytes that are no events", bytes.length, e);
        }
    }

    /** What goes to one node next. Filled from any thread, sent from one context so that order holds. */
    private final class Outbox {
        private final String node;
        private final DeliveryOptions options = new DeliveryOptions();
        private final io.vertx.core.Context context = vertx.getOrCreateContext();
        private Packer waiting = new Packer(1024);

        Outbox(String node) {
            this.node = node;
        }

        synchronized void add(byte[] packed) {
            if (waiting.size() == 0) {
                waiting.number(FORMAT);
                context.runOnContext(now -> flush());
            } else if (waiting.size() + packed.length > MAX_OUTBOX_BYTES) {
                LOG.warn("more than {} bytes wait for node {}; it has to read from the owners", waiting.size(), node);
                return;
            }
            waiting.raw(packed);
        }

        private void flush() {
            byte[] bytes;
            synchronized (this) {
                bytes = waiting.toBytes();
                waiting = new Packer(1024);
            }
            vertx.eventBus().send(NodeIdentity.address(node), Buffer.buffer(bytes), options);
        }
    }
}
