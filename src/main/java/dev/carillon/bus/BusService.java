package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers verticles, in whatever language and whichever process of the cluster they run.
 *
 * <p>{@value BusAddresses#PUBLISH} takes
 *
 * <pre>{"channel":"feed","data":…,"key":"…","user_id":"…"}</pre>
 *
 * ({@code key} and {@code user_id} may be left out) and answers {@code {"epoch":"…","offset":7,"duplicate":false}},
 * without a position if the namespace is ephemeral. Data that is JSON text already may come as the whole body, a
 * Buffer, with {@code channel}, {@code key} and {@code user_id} in headers; within a JSON body a Buffer would turn to
 * base64 on its way. A header {@code traceparent} (W3C Trace Context), of a broadcast too, reaches subscribers.
 *
 * <p>{@value BusAddresses#COMMAND} takes
 *
 * <pre>
 * {"command":"broadcast","channels":["feed","news"],"data":…,"key":"…"}   or "users"; at most 1,000 of them
 *     answers {"results":[{"epoch":"…","offset":7,"duplicate":false},{"code":202,"error":"…"}]}, in that order
 * {"command":"history","channel":"feed","since":{"epoch":"…","offset":41},"limit":50,"reverse":false}
 *     answers {"epoch":"…","offset":44,"complete":true,"messages":[{"epoch","offset","data","user_id","timestamp"}]}
 * {"command":"presence","channel":"lobby"}
 *     answers {"version":9,"members":[{"user_id","session_id","info","since","node"}],"users":3,"sessions":4}
 * {"command":"user","user_id":"…"}
 *     answers {"user_id","online":true,"sessions":[{"session_id","node","device","transport","since"}],"last_seen","info"}
 * {"command":"disconnect","user_id":"…","session_id":"…","code":4401}     answers {"disconnected":2}
 * {"command":"node"}                                                      answers {"node":"…"}
 * </pre>
 *
 * <p>A failure has a code of {@link ErrorCode} and words that name the field; nothing is asked twice of who may: the
 * event bus is trusted. These addresses are shared by all nodes in turn, so a sender that does not wait for its
 * answers and wants its order kept sends both kinds of body to {@code carillon.bus.{node}}, with a node's id from
 * {@code {"command":"node"}}; one sender's publishes are given to the gateway in the order they reach this node.
 *
 * <p>What verticles of this process publish with {@link Carillon} comes without a message, on any thread.
 *
 * <p>Runs on the context that starts it; at most {@value #MAX_IN_FLIGHT} calls wait at a time, one more fails with 101.
 */
public final class BusService implements Shareable {
    static final int MAX_IN_FLIGHT = 10_000;

    /** Where the one of a Vert.x instance is, among what its verticles share. */
    private static final String SHARED = "carillon.bus";

    private static final Logger LOG = LoggerFactory.getLogger(BusService.class);

    private final Vertx vertx;
    private final BusCommands commands;
    private final String nodeAddress;
    private final List<MessageConsumer<Object>> consumers = new CopyOnWriteArrayList<>();
    private final Promise<Void> drained = Promise.promise();
    private int inFlight;
    private boolean stopping;

    public BusService(Vertx vertx, Gateway gateway) {
        this.vertx = vertx;
        this.commands = new BusCommands(gateway);
        this.nodeAddress = BusAddresses.ofNode(gateway.self().id());
    }

    /** The one that runs beside these verticles; null if this process is no node, or leaves. */
    static @Nullable BusService of(Vertx vertx) {
        return shared(vertx).get(SHARED);
    }

    private static LocalMap<String, BusService> shared(Vertx vertx) {
        return vertx.sharedData().getLocalMap(SHARED);
    }

    /** Completes when every node of the cluster knows of it. */
    public Future<Void> start() {
        consume(
                BusAddresses.PUBLISH,
                message -> commands.publish(message.body(), message.headers()).map(BusReplies::ack));
        consume(BusAddresses.COMMAND, message -> commands.command(message.body(), message.headers()));
        consume(nodeAddress, this::either);
        return Future.all(consumers.stream().map(MessageConsumer::completion).toList())
                .map(known -> {
                    shared(vertx).put(SHARED, this);
                    return (Void) null;
                });
    }

    /** Takes no more calls; completes when those it took are answered. */
    public Future<Void> stop() {
        shared(vertx).removeIfPresent(SHARED, this);
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .eventually(() -> {
                    synchronized (this) {
                        stopping = true;
                        if (inFlight == 0) {
                            drained.tryComplete();
                        }
                    }
                    return drained.future();
                })
                .mapEmpty();
    }

    /** Publishes as {@value BusAddresses#PUBLISH} does. Fails with {@link CarillonException}; completes on any thread. */
    Future<Ack> publish(PublishRequest request) {
        return taken(() -> commands.publish(request))
                .recover(cause -> Future.failedFuture(CarillonException.of(BusFailure.of(cause))));
    }

    private Future<JsonObject> either(Message<Object> message) {
        boolean isCommand = message.body() instanceof JsonObject body && body.containsKey("command");
        return isCommand
                ? commands.command(message.body(), message.headers())
                : commands.publish(message.body(), message.headers()).map(BusReplies::ack);
    }

    private void consume(String address, Function<Message<Object>, Future<JsonObject>> call) {
        consumers.add(vertx.eventBus().consumer(address, message -> answer(message, call)));
    }

    private void answer(Message<Object> message, Function<Message<Object>, Future<JsonObject>> call) {
        taken(() -> call.apply(message)).onComplete(result -> {
            if (result.succeeded()) {
                message.reply(result.result());
            } else {
                fail(message, BusFailure.of(result.cause()));
            }
        });
    }

    /** Makes a call that {@link #stop} waits for. */
    private <T> Future<T> taken(Supplier<Future<T>> call) {
        if (!enter()) {
            return Future.failedFuture(new UnavailableException("too many calls are under way, or the node leaves"));
        }
        Future<T> answered;
        try {
            answered = call.get();
        } catch (RuntimeException e) {
            answered = Future.failedFuture(e);
        }
        return answered.onComplete(done -> leave());
    }

    private void fail(Message<Object> message, BusFailure failure) {
        if (message.replyAddress() == null) {
            LOG.warn(
                    "{}: refused with {}, and the sender does not wait: {}",
                    message.address(),
                    failure.code(),
                    failure.message());
        }
        message.fail(failure.code(), failure.message());
    }

    private synchronized boolean enter() {
        if (stopping || inFlight >= MAX_IN_FLIGHT) {
            return false;
        }
        inFlight++;
        return true;
    }

    private synchronized void leave() {
        inFlight--;
        if (stopping && inFlight == 0) {
            drained.tryComplete();
        }
    }
}
