package dev.carillon.api;

import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a {@code POST} with a JSON body is taken and answered: permission first, then the body up to its bound, then the
 * operation; whatever fails becomes an error body with a fitting status.
 */
final class Endpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

    private final int maxBodyBytes;

    Endpoints(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Mounts an operation that only those with access may call. */
    void restricted(Router router, String path, ApiAccess access, Call.Operation operation) {
        mount(router, path, http -> {
            http.request().pause();
            return access.check(http.request())
                    .onFailure(refused -> http.request().resume())
                    .compose(caller -> run(http, caller, operation));
        });
    }

    /** Mounts an operation that anyone may call. */
    void open(Router router, String path, Call.Operation operation) {
        mount(router, path, http -> run(http, Caller.ANYBODY, operation));
    }

    /** Answers whatever nothing else under the path does. */
    static void refuseOthers(Router router, String path) {
        router.route(path)
                .last()
                .handler(http -> refuse(http.response(), Refusal.ofStatus(404)))
                .failureHandler(Endpoints::failed);
    }

    static void answer(HttpServerResponse response, Object answer) {
        end(response, Answer.encode(answer));
    }

    private static void mount(Router router, String path, Function<RoutingContext, Future<?>> answer) {
        router.post(path)
                .handler(http -> answer.apply(http)
                        .onSuccess(answered -> answer(http.response(), answered))
                        .onFailure(http::fail))
                .failureHandler(Endpoints::failed);
        router.route(path).handler(http -> {
            http.response().putHeader(HttpHeaders.ALLOW, HttpMethod.POST.name());
            refuse(http.response(), new Refusal(405, ErrorCode.BAD_REQUEST, "the method must be POST", Map.of()));
        });
    }

    private Future<?> run(RoutingContext http, Caller caller, Call.Operation operation) {
        return BoundedBody.read(http.request(), maxBodyBytes)
                .compose(body ->
                        operation.run(new Call(http, caller, Fields.parse(body).in(caller.tenant()))));
    }

    static void failed(RoutingContext http) {
        Throwable cause = http.failure();
        Refusal refusal = cause == null ? Refusal.ofStatus(http.statusCode()) : Refusal.of(cause);
        if (refusal.status() == 500) {
            LOG.error(
                    "{} failed",
                    http.currentRoute() == null ? "api" : http.currentRoute().getPath(),
                    cause);
        }
        refuse(http.response(), refusal);
    }

    private static void refuse(HttpServerResponse response, Refusal refusal) {
        if (!response.ended()) {
            refusal.headers().forEach(response::putHeader);
            end(response.setStatusCode(refusal.status()), Answer.encode(new Answer.Failure(refusal.problem())));
        }
    }

    private static void end(HttpServerResponse response, Buffer json) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(json)
                .onFailure(gone -> LOG.debug("the caller did not wait for its answer", gone));
    }
}
