package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.Payload;
import dev.carillon.channel.UnavailableException;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bridged address on one node. Confined to one context. */
final class BridgedAddress {
    /** Publications of one address that may wait for the gateway; further messages are lost, and counted. */
    static final int MAX_IN_FLIGHT = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(BridgedAddress.class);

    private enum Role {
        /** Another node publishes; this one remembers. */
        FOLLOWING,
        /** This one publishes next, when it knows what the other has left. */
        TAKING_OVER,
        LEADING
    }

    private final Vertx vertx;
    private final Gateway gateway;
    private final Bridge bridge;
    private final Predicate<String> leads;
    private final InstantSource clock;
    private final Retry retry;
    private final Overheard overheard;

    private Role role = Role.FOLLOWING;
    private final Promise<Void> drained = Promise.promise();
    private boolean draining;
    private int inFlight;
    private long lost;
    private @Nullable Throwable lastCause;

    BridgedAddress(
            Vertx vertx, Gateway gateway, Bridge bridge, Predicate<String> leads, InstantSource clock, Retry retry) {
        this.vertx = vertx;
        this.gateway = gateway;
        this.bridge = bridge;
        this.leads = leads;
        this.clock = clock;
        this.retry = retry;
        this.overheard = new Overheard(bridge.recall(), bridge.recallFor());
    }

    String address() {
        return bridge.address();
    }

    void receive(Message<Object> message) {
        Payload data;
        try {
            data = BusFields.data(message.body());
        } catch (ProtocolException e) {
            BusFailure failure = BusFailure.of(e);
            lose(e);
            message.fail(failure.code(), failure.message());
            return;
        }
        // What was sent reached this node alone.
        if (message.isSend()) {
            publish(data, Trace.of(message.headers()))
                    .onSuccess(ack -> message.reply(BusReplies.ack(ack)))
                    .onFailure(cause -> {
                        BusFailure failure = BusFailure.of(cause);
                        message.fail(failure.code(), failure.message());
                    });
            return;
        }
        checkRole();
        if (role == Role.LEADING) {
            publishOrLose(data, Trace.of(message.headers()));
        } else {
            overheard.add(data, clock.millis());
        }
    }

    /** Looks whether this node publishes, and takes over if it does now. */
    void checkRole() {
        if (!leads.test(bridge.address())) {
            role = Role.FOLLOWING;
        } else if (role == Role.FOLLOWING) {
            role = Role.TAKING_OVER;
            takeOver();
        }
    }

    /** From time to time: forgets what is old, takes over what a failed attempt left, reports what was lost. */
    void sweep() {
        overheard.dropOld(clock.millis());
        checkRole();
        if (lost > 0) {
            LOG.warn(
                    "bridge {}: {} messages were not published on {}, the last because: {}",
                    bridge.address(),
                    lost,
                    bridge.channel(),
                    lastCause == null ? "" : lastCause.toString());
            lost = 0;
        }
    }

    /** Completes when no publication waits for the gateway any more; call it when nothing more comes. */
    Future<Void> drained() {
        draining = true;
        checkDrained();
        return drained.future();
    }

    private void checkDrained() {
        if (draining && inFlight == 0) {
            drained.tryComplete();
        }
    }

    private void takeOver() {
        overheard.dropOld(clock.millis());
        if (overheard.isEmpty()) {
            role = Role.LEADING;
            return;
        }
        gateway.history(bridge.channel(), null, bridge.recall(), true)
                .onSuccess(this::publishMissing)
                .onFailure(cause -> {
                    LOG.warn("bridge {}: cannot take over yet, next try in a second", bridge.address(), cause);
                    role = Role.FOLLOWING;
                });
    }

    private void publishMissing(HistoryPage page) {
        if (role != Role.TAKING_OVER) {
            return;
        }
        boolean all = page.publications().size() < bridge.recall();
        List<Payload> missing = overheard.missingFrom(page.publications(), all);
        overheard.clear();
        role = Role.LEADING;
        if (!missing.isEmpty()) {
            LOG.info("bridge {}: publishing {} messages that the node before left", bridge.address(), missing.size());
        }
        missing.forEach(data -> publishOrLose(data, null));
    }

    private void publishOrLose(Payload data, @Nullable String traceparent) {
        publish(data, traceparent).onFailure(this::lose);
    }

    private Future<Ack> publish(Payload data, @Nullable String traceparent) {
        if (inFlight >= MAX_IN_FLIGHT) {
            return Future.failedFuture(new UnavailableException("the bridge's queue is full"));
        }
        inFlight++;
        // One key for all attempts, so that the message is appended once.
        String key = UUID.randomUUID().toString();
        return retry.run(
                        vertx,
                        () -> gateway.publish(bridge.channel(), data, null, key, traceparent),
                        BusFailure::isTemporary)
                .onComplete(done -> {
                    inFlight--;
                    checkDrained();
                });
    }

    private void lose(Throwable cause) {
        lost++;
        lastCause = cause;
    }
}
