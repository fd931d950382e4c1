package dev.carillon.bus;

import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.Requests;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the bus and an application's answers to clients. */
final class RequestHandler implements Handler<Message<Object>> {

    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    private final Function<ClientRequest, ? extends Future<?>> handler;

    RequestHandler(Function<ClientRequest, ? extends Future<?>> handler) {
        this.handler = handler;
    }

    @Override
    public void handle(Message<Object> message) {
        Future<?> answered;
        try {
            answered = handler.apply(new ClientRequest(
                    header(message, Requests.USER_HEADER),
                    header(message, Requests.SESSION_HEADER),
                    message.body(),
                    message.headers().get(Requests.TRACE_HEADER)));
        } catch (RuntimeException e) {
            answered = Future.failedFuture(e);
        }
        answered.map(data -> reply(message, data)).onFailure(cause -> fail(message, cause));
    }

    // Maps, lists and raw JSON become what the bus can carry between processes.
    private static boolean reply(Message<Object> message, @Nullable Object data) {
        message.reply(JsonData.body(JsonData.payload(data)));
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

    private static String header(Message<Object> message, String name) {
        String value = message.headers().get(name);
        return value == null ? "" : value;
    }
}
