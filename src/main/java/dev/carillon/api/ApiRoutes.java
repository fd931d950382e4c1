package dev.carillon.api;

import dev.carillon.auth.Authenticator;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.ApiSettings;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import java.time.InstantSource;

/**
 * {@code POST /api/…}: everything a server or an operator may do, for the whole cluster and from any node. The routes
 * are described by {@code /api/openapi.yaml}.
 */
public final class ApiRoutes {
    private static final int DEFAULT_HISTORY = 100;
    private static final int DEFAULT_CHANNELS = 100;
    private static final int MAX_CHANNELS = 1000;
    private static final int MAX_EPOCH_BYTES = 128;

    private final Gateway gateway;
    private final ApiAccess access;
    private final Endpoints endpoints;
    private final Publishing publishing;
    private final Users users;

    public ApiRoutes(Gateway gateway, Authenticator authenticator, ApiSettings settings, InstantSource clock) {
        this.gateway = gateway;
        this.access = new ApiAccess(authenticator, settings);
        this.endpoints = new Endpoints(settings.maxBodyBytes());
        this.publishing = new Publishing(gateway);
        this.users = new Users(gateway, clock);
    }

    /** Whatever else is under {@code /api/} is answered 404, unless a route mounted before or after takes it. */
    public void mount(Router router) {
        post(router, "publish", publishing::publish);
        post(router, "broadcast", publishing::broadcast);
        post(router, "history", this::history);
        post(router, "presence", call -> presence(call, call.body().flag("stats")));
        post(router, "presence/stats", call -> presence(call, true));
        post(router, "users/:id/publish", publishing::publishToUser);
        post(router, "users/:id/disconnect", users::disconnect);
        post(router, "users/:id/revoke", users::revoke);
        post(router, "users/:id", users::status);
        post(router, "subscribe", users::subscribe);
        post(router, "unsubscribe", users::unsubscribe);
        post(router, "channels", this::channels);
        post(
                router,
                "nodes",
                call -> gateway.nodes()
                        .map(nodes -> new Answer.Nodes(gateway.self().id(), nodes)));
        post(router, "info", call -> Future.succeededFuture(gateway.self()));
        ApiDocument.load().mount(router);
        Endpoints.refuseOthers(router, "/api/*");
    }

    private void post(Router router, String path, Call.Operation operation) {
        endpoints.restricted(router, "/api/" + path, access, operation);
    }

    private Future<Answer.History> history(Call call) {
        Fields body = call.body();
        ChannelName channel = body.channel();
        Fields since = body.object("since");
        StreamPosition position = since == null
                ? null
                : new StreamPosition(since.string("epoch", MAX_EPOCH_BYTES), since.offset("offset"));
        int limit = (int) body.integer("limit", 1, Integer.MAX_VALUE, DEFAULT_HISTORY);
        return gateway.history(channel, position, limit, body.flag("reverse"))
                .map(page -> Answer.History.of(channel, page, position != null));
    }

    private Future<Answer.Presence> presence(Call call, boolean stats) {
        ChannelName channel = call.body().channel();
        return gateway.presence(channel).map(snapshot -> Answer.Presence.of(channel, snapshot, stats));
    }

    private Future<Answer.Channels> channels(Call call) {
        String prefix = call.body().optionalString("prefix", ChannelName.MAX_BYTES);
        int limit = (int) call.body().integer("limit", 1, MAX_CHANNELS, DEFAULT_CHANNELS);
        return gateway.channels(prefix == null ? "" : prefix, limit)
                .map(channels -> new Answer.Channels(
                        channels.stream().map(Answer.Channel::of).toList()));
    }
}
