package dev.carillon.session;

import dev.carillon.channel.Hub;
import dev.carillon.channel.Publisher;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sessions of one event loop share. Confined to the loop.
 *
 * @param ticker milliseconds on a clock that only goes forward
 */
public record EventLoopServices(EventLoop loop, Hub hub, Publisher publisher, Wheel wheel, LongSupplier ticker) {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoopServices.class);

    private static final int ATTEMPTS = 6;
    private static final long FIRST_PAUSE_MS = 500;

    /** Hands the outcome of a future to a handler on this loop: at once if it is there and this is the loop. */
    public <T> void home(Future<T> future, Handler<AsyncResult<T>> handler) {
        if (future.isComplete() && loop.inEventLoop()) {
            handler.handle(future);
            return;
        }
        future.onComplete(done -> {
            if (loop.inEventLoop()) {
                handler.handle(done);
            } else {
                loop.execute(() -> handler.handle(done));
            }
        });
    }

    /** Does what must be done in the end, again and again with growing pauses, a bounded number of times. */
    void insist(String what, Supplier<Future<Void>> action) {
        insist(what, action, 1);
    }

    private void insist(String what, Supplier<Future<Void>> action, int attempt) {
        action.get().onFailure(cause -> {
            if (attempt == ATTEMPTS) {
                LOG.warn("{} failed {} times; it is made good when this node leaves", what, attempt, cause);
            } else {
                loop.schedule(
                        () -> insist(what, action, attempt + 1),
                        FIRST_PAUSE_MS << (attempt - 1),
                        TimeUnit.MILLISECONDS);
            }
        });
    }
}
