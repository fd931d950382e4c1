package dev.carillon.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.carillon.channel.Hub;
import dev.carillon.channel.Publisher;
import io.netty.channel.EventLoop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What all sessions of one event loop share. Confined to the loop.
 *
 * @param ticker milliseconds on a clock that only goes forward
 */
public record EventLoopServices(
        EventLoop loop,
        Hub hub,
        Publisher publisher,
        Wheel wheel,
        LongSupplier ticker,
        Insistence insistence,
        Turnstile arrivals) {
    /** Fewer than come in at a time: nobody waits for them. */
    private static final int LEAVING_AT_A_TIME = 8;

    public EventLoopServices(EventLoop loop, Hub hub, Publisher publisher, Wheel wheel, LongSupplier ticker) {
        this(
                loop,
                hub,
                publisher,
                wheel,
                ticker,
                new Insistence(loop, new Turnstile(loop, wheel, ticker, LEAVING_AT_A_TIME)),
                new Turnstile(loop, wheel, ticker, Turnstile.MOST_UNDER_WAY));
    }

    /** Logins that wait for their turn. Safe on any thread, and then not quite exact. */
    public int loginsWaiting() {
        return arrivals.waiting();
    }

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

    /** Does what must be done in the end, as long as this node lives; see {@link Insistence}. */
    @CanIgnoreReturnValue
    Future<Void> insist(String what, Supplier<Future<Void>> action) {
        return insistence.on(what, action);
    }
}
