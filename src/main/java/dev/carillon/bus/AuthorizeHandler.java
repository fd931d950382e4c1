package dev.carillon.bus;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import java.util.function.Function;

/** Between the bus and an application's decision. */
final class AuthorizeHandler implements Handler<Message<Object>> {
    private final Function<AuthorizeRequest, Future<Boolean>> handler;

    AuthorizeHandler(Function<AuthorizeRequest, Future<Boolean>> handler) {
        this.handler = handler;
    }

    @Override
    public void handle(Message<Object> message) {
        Future<Boolean> decided;
        try {
            decided = handler.apply(AuthorizeRequest.read(BusFields.of(message.body())));
        } catch (RuntimeException e) {
            decided = Future.failedFuture(e);
        }
        decided.onSuccess(yes -> message.reply(Boolean.TRUE.equals(yes))).onFailure(cause -> {
            BusFailure failure = BusFailure.of(cause);
            message.fail(failure.code(), failure.message());
        });
    }
}
