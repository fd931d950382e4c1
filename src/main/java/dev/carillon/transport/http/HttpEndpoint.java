package dev.carillon.transport.http;

import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.CrossOrigin;
import dev.carillon.transport.Door;
import dev.carillon.transport.HttpStatus;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code /http}: sessions of {@code carillon.v1.json} where no WebSocket comes through. {@code POST /http} opens one and
 * streams its frames, {@code GET /http/{id}?after=N} goes on in another response, {@code POST /http/{id}?first=N} sends.
 * One instance for each event loop.
 */
public final class HttpEndpoint {
    /** How long a session waits for its client after its stream has ended. */
    public static final Duration RESUME_WITHIN = Duration.ofSeconds(5);

    private static final String PATH = "/http";

    /** Bytes are a third longer in base64, and a command goes before them. */
    private static final int BODY_FACTOR = 2;

    private static final String GONE = "no such session";

    private final CrossOrigin pages;
    private final Door door;
    private final LimitSettings limits;
    private final SlowConsumers slow;
    private final String publicUrl;
    private final HttpConnections connections;
    private final Duration resumeWithin;

    /**
     * @param connections those of the whole node
     * @param resumeWithin how long a session waits for its client after its stream has ended
     */
    public HttpEndpoint(
            HttpSettings http,
            LimitSettings limits,
            SlowConsumers slow,
            HttpConnections connections,
            Duration resumeWithin) {
        this.pages = new CrossOrigin(http, "GET, POST", "Content-Type");
        this.door = new Door(http);
        this.limits = limits;
        this.slow = slow;
        this.publicUrl = http.publicUrl();
        this.connections = connections;
        this.resumeWithin = resumeWithin;
    }

    /** Adds the routes; called on the event loop that will serve them. */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(pages::admit);
        router.post(PATH).handler(routing -> open(routing, sessions));
        router.route(PATH + "/:id").handler(pages::admit);
        router.get(PATH + "/:id").handler(this::resume);
        router.post(PATH + "/:id")
                .handler(BodyHandler.create(false).setBodyLimit((long) BODY_FACTOR * limits.maxMessageBytes()))
                .handler(this::receive);
    }

    private void open(RoutingContext routing, SessionFactory sessions) {
        String address = door.admit(routing.request(), sessions);
        if (address == null) {
            return;
        }
        // The request's own context would keep the whole request alive.
        Context here = ((ContextInternal) routing.vertx().getOrCreateContext()).unwrap();
        HttpConnection connection = connections.add(id -> new HttpConnection(
                id, here, limits.maxMessageBytes(), resumeWithin, slow, () -> connections.remove(id)));
        Carrier carrier = new Carrier(routing.request(), here, here);
        carrier.begin();
        connection.comesFrom(address);
        connection.begin(sessions.open(connection), carrier, publicUrl);
    }

    private void resume(RoutingContext routing) {
        HttpConnection connection = find(routing);
        long after = number(routing, "after", 0);
        if (connection == null || after < 0) {
            return;
        }
        Context here = routing.vertx().getOrCreateContext();
        Carrier carrier = new Carrier(routing.request(), here, connection.home());
        carrier.begin();
        connection.home().runOnContext(home -> {
            if (!connection.resume(carrier, after)) {
                carrier.end(Buffer.buffer(HttpWire.close(CloseCode.POSITION_LOST)));
            }
        });
    }

    private void receive(RoutingContext routing) {
        HttpConnection connection = find(routing);
        long first = number(routing, "first", 1);
        long code = number(routing, "close", 0);
        if (connection == null || first < 0 || code < 0) {
            return;
        }
        Buffer body = routing.body().buffer();
        byte[] lines = body == null ? new byte[0] : body.getBytes();
        Context here = routing.vertx().getOrCreateContext();
        connection.home().runOnContext(home -> {
            int status = connection.receive(first, lines);
            if (status == 204 && code > 0) {
                connection.leave((int) Math.min(code, Integer.MAX_VALUE));
            }
            here.runOnContext(back -> answer(routing.response(), status));
        });
    }

    private static void answer(HttpServerResponse response, int status) {
        if (response.closed()) {
            return;
        }
        if (status == 204) {
            response.setStatusCode(status)
                    .putHeader("Cache-Control", "no-store")
                    .end();
        } else if (status == 409) {
            HttpStatus.refuse(response, status, ErrorCode.BAD_REQUEST.code(), "messages before these are missing", "");
        } else {
            gone(response);
        }
    }

    private @Nullable HttpConnection find(RoutingContext routing) {
        HttpConnection connection = connections.find(routing.pathParam("id"));
        if (connection == null) {
            gone(routing.response());
        }
        return connection;
    }

    private static void gone(HttpServerResponse response) {
        HttpStatus.refuse(response, 404, CloseCode.POSITION_LOST.code(), GONE, "");
    }

    /** A number of the query; -1 if it is none, and then the request is answered. */
    private static long number(RoutingContext routing, String name, long least) {
        if (routing.response().ended()) {
            return -1;
        }
        String text = routing.request().getParam(name);
        if (text == null && name.equals("close")) {
            return 0;
        }
        try {
            long number = Long.parseLong(String.valueOf(text));
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is answered like one that is too small.
        }
        HttpStatus.refuse(
                routing.response(),
                400,
                ErrorCode.BAD_REQUEST.code(),
                "bad request: " + name + " must be an integer, at least " + least,
                "");
        return -1;
    }
}
