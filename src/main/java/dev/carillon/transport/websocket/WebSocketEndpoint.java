package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.WireForm;
import dev.carillon.config.HttpSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.session.SessionFactory;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.Door;
import io.netty.channel.Channel;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /ws} and {@code /ws/{namespace}[/{rest}]}: the protocol of Carillon, and one channel without envelopes. Immutable. */
public final class WebSocketEndpoint {
    private static final String PATH = "/ws";
    private static final String BARE = PATH + "/";

    private final WebSocketUpgrade upgrade;
    private final Door door;
    private final Set<String> namespaces;
    private final Compression compression;
    private final SlowConsumers slow;

    /**
     * @param namespaces those that exist; {@code /ws/{namespace}} of any other is not found
     * @param compression the one of the node
     */
    public WebSocketEndpoint(
            HttpSettings http,
            LimitSettings limits,
            Set<String> namespaces,
            SlowConsumers slow,
            Compression compression) {
        this.upgrade = new WebSocketUpgrade(http, limits.maxFrameBytes(), limits.maxMessageBytes(), slow, compression);
        this.door = new Door(http);
        this.compression = compression;
        this.namespaces = namespaces;
        this.slow = slow;
    }

    /** @param sessions of the event loop that serves the router */
    public void mount(Router router, SessionFactory sessions) {
        router.route(PATH).handler(routing -> open(routing.request(), null, sessions));
        router.route(BARE + "*").handler(routing -> bare(routing, sessions));
    }

    /**
     * Of an event loop, whose connections may become WebSockets before Vert.x makes anything of them. What is not taken here
     * comes by {@link #mount}.
     *
     * @param options those that Vert.x decodes requests by
     * @param context of that loop, for the WebSockets
     * @param sessions of that loop
     */
    public FirstRequests firstRequests(HttpServerOptions options, ContextInternal context, SessionFactory sessions) {
        return new FirstRequests(PATH, options, (channel, opening) -> {
            InetAddress peer =
                    channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
            String address =
                    upgrade.takes(opening, Subprotocols.OURS) ? door.admits(peer, opening.headers(), sessions) : null;
            return address == null
                    ? null
                    : () -> upgrade.upgrade(
                            channel, context, opening, Subprotocols.OURS, opener(opening, address, sessions));
        });
    }

    private WebSocketUpgrade.Opener opener(Opening opening, String address, SessionFactory sessions) {
        boolean msgpack = Opening.MSGPACK.equals(opening.protocol());
        return upgraded -> open(upgraded, sessions, msgpack, address);
    }

    private void bare(RoutingContext routing, SessionFactory sessions) {
        ChannelName name = channel(String.valueOf(routing.request().path()));
        if (name == null) {
            boolean unused = Handshake.refuse(routing.response(), 404, "no such channel");
        } else {
            open(routing.request(), name, sessions);
        }
    }

    /** {@code /ws/messages/42} is {@code messages:42}; a slash at the end means nothing. Null if there is none such. */
    private @Nullable ChannelName channel(String path) {
        String rest = path.startsWith(BARE) ? path.substring(BARE.length()) : "";
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        int slash = rest.indexOf('/');
        try {
            if (slash < 0) {
                return namespaces.contains(rest) ? new ChannelName(rest) : null;
            }
            String namespace = rest.substring(0, slash);
            String decoded = URLDecoder.decode(rest.substring(slash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            return namespaces.contains(namespace) ? new ChannelName(namespace + ":" + decoded) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void open(HttpServerRequest request, @Nullable ChannelName bare, SessionFactory sessions) {
        String address = door.admit(request, sessions);
        if (address == null) {
            return;
        }
        if (bare != null) {
            String token = token(request);
            upgrade.upgrade(request, Subprotocols.REFUSED, upgraded -> bare(upgraded, sessions, bare, address, token));
        } else {
            upgrade.upgrade(request, Subprotocols.OURS, opener(Opening.of(request), address, sessions));
        }
    }

    private static @Nullable String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return header.substring(7).trim();
        }
        String query = request.getParam("token");
        return query == null || query.isEmpty() ? null : query;
    }

    private void open(WebSocketUpgrade.Upgraded upgraded, SessionFactory sessions, boolean msgpack, String address) {
        Channel channel = upgraded.channel();
        boolean deflates = upgraded.deflates();
        WebSocketConnection connection = msgpack
                ? new MsgpackConnection(channel, slow, deflates ? compression.msgpack() : MsgpackWire.FORM)
                : new JsonConnection(channel, slow, deflates ? compression.json() : JsonWire.FORM);
        connection.comesFrom(address);
        upgrade.install(connection, upgraded);
        connection.open(sessions.open(connection));
    }

    private void bare(
            WebSocketUpgrade.Upgraded upgraded,
            SessionFactory sessions,
            ChannelName name,
            String address,
            @Nullable String token) {
        WireForm form = upgraded.deflates() ? compression.bare() : BareWire.FORM;
        BareConnection connection = new BareConnection(upgraded.channel(), slow, form, name, upgraded.context());
        connection.comesFrom(address);
        upgrade.install(connection, upgraded);
        connection.open(sessions.open(connection), token);
    }
}
