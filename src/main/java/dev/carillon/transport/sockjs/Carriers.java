package dev.carillon.transport.sockjs;

import dev.carillon.transport.TcpChannel;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP requests that carry SockJS sessions, one after another, each possibly on another event loop: whose a request
 * is, and how its connection is ended.
 */
final class Carriers {
    private static final String CARRIERS = "carillon.sockjs.carriers";
    private static final String SESSIONS = "carillon.sockjs.sessions";
    private static final AttributeKey<String> CARRIED = AttributeKey.valueOf("carillon.sockjs.session");

    /** The connection that carries a SockJS session at the moment. */
    private record Carrier(Channel channel) implements Shareable {}

    private Carriers() {}

    /**
     * Remembers which session a connection carries: the one of its last request, until it is closed. SockJS closes it
     * after the response without a word; here the client is told, so that it sends no further request into the close.
     */
    static void carry(RoutingContext routing) {
        String[] parts = parts(routing.request());
        String last = parts[parts.length - 1];
        Channel channel = TcpChannel.of(routing.request());
        if (parts.length != 5 || last.endsWith("_send") || last.equals("websocket") || channel == null) {
            return;
        }
        routing.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        LocalMap<String, Carrier> carriers = routing.vertx().sharedData().getLocalMap(CARRIERS);
        Carrier carrier = new Carrier(channel);
        String session = parts[3];
        String before = channel.attr(CARRIED).getAndSet(session);
        if (before == null) {
            channel.closeFuture()
                    .addListener(closed ->
                            carriers.removeIfPresent(channel.attr(CARRIED).get(), carrier));
        } else {
            carriers.removeIfPresent(before, carrier);
        }
        carriers.put(session, carrier);
    }

    /** Whether a request would begin a session; all others belong to one that there is, or to none at all. */
    static boolean isNewcomer(RoutingContext routing) {
        String[] parts = parts(routing.request());
        if (parts.length == 3) {
            return parts[2].equals("info") || parts[2].equals("websocket");
        }
        return parts.length == 5 && !sessions(routing).containsKey(parts[3]) && !parts[4].endsWith("_send");
    }

    /** Remembers a session that comes by one request after another, so that the next is known to be no newcomer's. */
    static void opened(SockJSSocket socket) {
        RoutingContext routing = socket.routingContext();
        sessions(routing).put(parts(routing.request())[3], true);
    }

    /** The session is over. */
    static void closed(SockJSSocket socket) {
        RoutingContext routing = socket.routingContext();
        sessions(routing).remove(parts(routing.request())[3]);
    }

    // Of all event loops: the next request may come to another one.
    private static LocalMap<String, Boolean> sessions(RoutingContext routing) {
        return routing.vertx().sharedData().getLocalMap(SESSIONS);
    }

    /** Ends the connection whether or not the peer reads. */
    static void abort(SockJSSocket socket) {
        Channel channel = carrier(socket.routingContext());
        if (channel != null) {
            TcpChannel.cut(channel);
        }
    }

    private static @Nullable Channel carrier(RoutingContext routing) {
        LocalMap<String, Carrier> carriers = routing.vertx().sharedData().getLocalMap(CARRIERS);
        Carrier carrier = carriers.get(parts(routing.request())[3]);
        return carrier == null ? null : carrier.channel();
    }

    // "/eventbus/websocket" has three parts, "/eventbus/{server}/{session}/{transport}" five.
    private static String[] parts(HttpServerRequest request) {
        return request.path().split("/");
    }
}
