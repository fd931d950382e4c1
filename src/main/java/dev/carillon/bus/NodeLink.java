package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that all go to one node, so that their order is kept: the one in this process if there is one, which a publish
 * reaches without a message, else any, until it does not answer. Safe on any thread; its state stays on one context.
 */
final class NodeLink {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Nothing is tried again after so long: a node in this process goes on by itself for longer than a message waits. */
    private static final Duration PATIENCE = TIMEOUT.multipliedBy(3);

    private final Vertx vertx;
    private final Retry retry;
    private final LongSupplier nanoTime;
    private final ContextInternal context;
    private final AtomicInteger pending = new AtomicInteger();

    // Of the context alone: the node in use, or being looked for; null when the next call has to look.
    private @Nullable Future<String> node;

    NodeLink(Vertx vertx, Retry retry, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.retry = retry;
        this.nanoTime = nanoTime;
        this.context = (ContextInternal) vertx.getOrCreateContext();
    }

    static DeliveryOptions options() {
        return new DeliveryOptions().setSendTimeout(TIMEOUT.toMillis());
    }

    Retry retry() {
        return retry;
    }

    /** Fails with {@link CarillonException} alone; the future completes on the caller's context. */
    <T> Future<T> ask(Object body, DeliveryOptions options, Function<JsonObject, T> read) {
        return counted(() ->
                onContext(() -> retry.run(vertx, () -> attempt(body, options), CarillonException::isTemporary)
                        .map(read)));
    }

    /** The same; without a message while the node is in this process. */
    Future<Ack> publish(PublishRequest request) {
        long begun = nanoTime.getAsLong();
        return counted(() -> retry.run(
                vertx,
                () -> attempt(request),
                failure ->
                        CarillonException.isTemporary(failure) && nanoTime.getAsLong() - begun < PATIENCE.toNanos()));
    }

    private <T> Future<T> counted(Supplier<Future<T>> call) {
        Promise<T> answer = ((ContextInternal) vertx.getOrCreateContext()).promise();
        if (pending.incrementAndGet() > Carillon.MAX_PENDING) {
            pending.decrementAndGet();
            answer.fail(new CarillonException(ErrorCode.UNAVAILABLE.code(), "too many calls wait for an answer"));
            return answer.future();
        }
        call.get().onComplete(done -> {
            pending.decrementAndGet();
            if (done.succeeded()) {
                answer.complete(done.result());
            } else {
                answer.fail(CarillonException.of(done.cause()));
            }
        });
        return answer.future();
    }

    private <T> Future<T> onContext(Supplier<Future<T>> call) {
        Promise<T> done = context.promise();
        context.runOnContext(go -> call.get().onComplete(done));
        return done.future();
    }

    private Future<Ack> attempt(PublishRequest request) {
        BusService here = BusService.of(vertx);
        return here == null
                ? onContext(() -> attempt(request.body(), request.headers()).map(BusReplies::ack))
                : here.publish(request);
    }

    private Future<JsonObject> attempt(Object body, DeliveryOptions options) {
        Future<String> used = node();
        return used.compose(address -> vertx.eventBus().<JsonObject>request(address, body, options))
                .map(Message::body)
                .recover(cause -> {
                    CarillonException failure = CarillonException.of(cause);
                    if (isSilence(failure) && node == used) {
                        node = null;
                    }
                    return Future.failedFuture(failure);
                });
    }

    private static boolean isSilence(CarillonException failure) {
        return failure.code() == ErrorCode.UNAVAILABLE.code() || failure.code() == ErrorCode.TIMEOUT.code();
    }

    private Future<String> node() {
        Future<String> known = node;
        if (known == null) {
            known = nodeBy(options().setLocalOnly(true)).recover(none -> nodeBy(options()));
            node = known;
        }
        return known;
    }

    private Future<String> nodeBy(DeliveryOptions options) {
        return vertx.eventBus()
                .<JsonObject>request(BusAddresses.COMMAND, new JsonObject().put("command", "node"), options)
                .map(reply -> BusAddresses.ofNode(reply.body().getString("node")));
    }
}
