package dev.carillon.cluster.link;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.impl.MessageConsumerImpl;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where this node is heard: its address on the event bus, and what the cluster knows of it. After a merge either may be
 * gone from the cluster's tables though the node is a member: an answer to "that member left" may come late and take
 * out what the member has put in again. Safe on any thread.
 */
public final class NodeAddress {
    private final VertxInternal vertx;
    private final String address;
    private final Handler<Message<Object>> handler;
    private final Context context;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile @Nullable MessageConsumer<Object> consumer;

    /** @param handler called on one context, whatever happens to the registration */
    NodeAddress(VertxInternal vertx, String node, Handler<Message<Object>> handler) {
        this.vertx = vertx;
        this.handler = handler;
        address = of(node);
        context = vertx.createEventLoopContext();
    }

    /** The event-bus address of a node. */
    public static String of(String node) {
        return "carillon.node." + node;
    }

    /**
     * Completes when the cluster knows the address. A node may join while data moves, and its registration's copy get lost on
     * the way: it is made once more then.
     */
    Future<Void> open() {
        return register().recover(unknown -> close().transform(ended -> register()));
    }

    /** Registers anew, and then ends the old registration, so that there is no moment without one. */
    Future<Void> renew() {
        MessageConsumer<Object> old = consumer;
        if (old == null || !renewing.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        ClusterManager cluster = vertx.clusterManager();
        Promise<Void> told = Promise.promise();
        cluster.setNodeInfo(cluster.getNodeInfo(), told);
        return told.future()
                .compose(known -> register())
                .compose(registered -> end(old))
                .onComplete(done -> renewing.set(false));
    }

    private Future<Void> register() {
        Promise<Void> registered = Promise.promise();
        context.runOnContext(now -> {
            MessageConsumer<Object> opened = vertx.eventBus().consumer(address, handler);
            if (opened instanceof MessageConsumerImpl<Object> ours) {
                // One that comes while the address ends: the bus would warn of it, and its sender learns all the same.
                ours.discardHandler(late -> {});
            }
            consumer = opened;
            opened.completion().onComplete(registered);
        });
        return registered.future();
    }

    Future<Void> close() {
        MessageConsumer<Object> open = consumer;
        consumer = null;
        return open == null ? Future.succeededFuture() : end(open);
    }

    /** Where messages are handled, so that none which waits its turn there is thrown away. */
    private Future<Void> end(MessageConsumer<Object> open) {
        Promise<Void> ended = Promise.promise();
        context.runOnContext(now -> open.unregister().onComplete(ended));
        return ended.future();
    }
}
