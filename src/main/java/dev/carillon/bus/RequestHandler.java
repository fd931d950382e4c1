package dev.carillon.bus;

import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.Requests;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the bus and what an application answers to clients, or publishes for them. */
final class RequestHandler implements Handler<Message<Object>> {

    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    private final Function<Message<Object>, ? extends Future<?>> handler;

    private RequestHandler(Function<Message<Object>, ? extends Future<?>> handler) {
        this.handler = handler;
    }

    static RequestHandler ofRequests(Function<ClientRequest, ? extends Future<?>> handler) {
        return new RequestHandler(message -> handler.apply(ClientRequest.read(message)));
    }

    static RequestHandler ofPublishes(Function<ClientPublish, ? extends Future<?>> handler) {
        return new RequestHandler(message -> handler.apply(ClientPublish.read(message)));
    }

    @Override
    public void handle(Message<Object> message) {
        Future<?> answered;
        try {
            answered = handler.apply(message);
        } catch (RuntimeException e) {
            answered = Future.failedFuture(e);
        }
        answered.map(data -> reply(message, data)).onFailure(cause -> fail(message, cause));
    }

    // Maps, lists and raw JSON become what the bus can carry between processes; bytes are answered with bytes.
    private static boolean reply(Message<Object> message, @Nullable Object data) {
        boolean bytes = message.headers().contains(Requests.META_HEADER) && data instanceof Buffer;
        message.reply(bytes ? data : JsonData.body(JsonData.payload(data)));
        return true;
    }

    private static void fail(Message<Object> message, Throwable cause) {
        if (cause instanceof RequestFailed failed) {
            message.fail(failed.code(), String.valueOf(failed.getMessage()));
            return;
        }
        Trace.on(LOG.atError(), message.headers().get(Requests.TRACE_HEADER))
                .setCause(cause)
                .log("{}: the answer to a client failed", message.address());
        message.fail(ErrorCode.INTERNAL.code(), ErrorCode.INTERNAL.phrase());
    }
}
