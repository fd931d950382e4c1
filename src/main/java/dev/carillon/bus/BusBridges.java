package dev.carillon.bus;

import dev.carillon.session.Gateway;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Makes one publication on a channel of every message at an existing bus address, whichever nodes run.
 *
 * <p>A message that was <em>sent</em> or requested reaches one node, which publishes it and replies with the
 * acknowledgement, as {@link BusService} does. Other consumers of the address take their share of the sends, and
 * pipelined sends go round the nodes: a sender that needs its order waits for the reply.
 *
 * <p>A message that was <em>published</em> reaches every node. All of them listen, so that no change of nodes leaves a
 * moment without a listener. One of them leads and publishes; the others remember what they hear: as many messages as
 * the channel's history can be asked for, one mebibyte, 30 seconds. When the lead passes on, because the leader left
 * or died, the next one reads the channel's history, publishes what it remembers and does not find there, in the order
 * it came, and then what came meanwhile. So neither the messages that the dead leader never published are lost, nor
 * those that it did are doubled; messages are told apart by their data, and equal ones are counted.
 *
 * <p>A header {@code traceparent} (W3C Trace Context) goes along, but not with what the next leader finds missing.
 *
 * <p>What remains. In an ephemeral namespace nothing can be read again, so what is published between the leader's
 * death and its discovery is lost. With history, messages beyond what is remembered are lost; and if others flood the
 * channel with more than its history holds in that time, older messages count as published. Equal messages in the five
 * seconds before the oldest one remembered are taken for it: of identical ones a few may be lost. Two leaders at a
 * time publish twice: a node that was frozen publishes what waited in its sockets until it learns that it was given
 * up. The event bus itself may lose a message on a broken link.
 *
 * @see Bridge what {@code bus.bridges} becomes
 */
public final class BusBridges {
    private static final long SWEEP_MILLIS = 1000;

    private final Vertx vertx;
    private final Context context;
    private final List<BridgedAddress> addresses;
    private final List<MessageConsumer<Object>> consumers = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    /**
     * @param leads whether this node leads for an address. At most one node may say so of an address at a time, and it
     *     should change rarely: best is "this is the oldest member", because then joining nodes change nothing and a
     *     leader is followed only when the cluster has given it up. Asked for every message on this object's context:
     *     it must neither wait nor call the cluster.
     */
    public BusBridges(Vertx vertx, Gateway gateway, List<Bridge> bridges, Predicate<String> leads) {
        this(vertx, gateway, bridges, leads, InstantSource.system(), Retry.DEFAULTS);
    }

    BusBridges(
            Vertx vertx,
            Gateway gateway,
            List<Bridge> bridges,
            Predicate<String> leads,
            InstantSource clock,
            Retry retry) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.addresses = bridges.stream()
                .map(bridge -> new BridgedAddress(vertx, gateway, bridge, leads, clock, retry))
                .toList();
    }

    /** Completes when every node of the cluster knows of it. */
    public Future<Void> start() {
        return onContext(() -> {
            for (BridgedAddress address : addresses) {
                consumers.add(vertx.eventBus().consumer(address.address(), address::receive));
            }
            if (!addresses.isEmpty()) {
                scheduleSweep();
            }
            return Future.all(
                            consumers.stream().map(MessageConsumer::completion).toList())
                    .mapEmpty();
        });
    }

    /** Call it when members came or went; otherwise a change of the lead is noticed within a second. Any thread. */
    public void membersChanged() {
        context.runOnContext(changed -> addresses.forEach(BridgedAddress::checkRole));
    }

    /**
     * Takes no more messages: the node that leads next hears what comes from here on. Completes when what was taken is
     * published.
     */
    public Future<Void> stop() {
        stopping = true;
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .eventually(() -> onContext(() -> Future.join(
                                addresses.stream().map(BridgedAddress::drained).toList())
                        .mapEmpty()))
                .mapEmpty();
    }

    // One shot, then again: a periodic timer would stack sweeps on a loop that lags.
    private void scheduleSweep() {
        vertx.setTimer(SWEEP_MILLIS, now -> {
            if (!stopping) {
                addresses.forEach(BridgedAddress::sweep);
                scheduleSweep();
            }
        });
    }

    private Future<Void> onContext(Supplier<Future<Void>> step) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(go -> step.get().onComplete(done));
        return done.future();
    }
}
