package dev.carillon.api;

import dev.carillon.auth.Authenticator;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.ApiSettings;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Gateway;
import dev.carillon.session.Operations;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import java.time.InstantSource;

/**
 * {@code POST /api/…}: everything a server or an operator may do, for the whole cluster and from any node. The routes
 * are described by {@code /api/openapi.yaml}.
 */
public final class ApiRoutes {
    private static final int DEFAULT_HISTORY = 100;
    private static final int MAX_EPOCH_BYTES = 128;

    private final Gateway gateway;
    private final ApiAccess access;
    private final Endpoints endpoints;
    private final Publishing publishing;
    private final Users users;
    private final OperatorRoutes operators;

    public ApiRoutes(
            Gateway gateway,
            Operations operations,
            Authenticator authenticator,
            ApiSettings settings,
            InstantSource clock) {
        this.gateway = gateway;
        this.access = new ApiAccess(authenticator, settings);
        this.endpoints = new Endpoints(settings.maxBodyBytes());
        this.publishing = new Publishing(gateway);
        this.users = new Users(gateway, clock);
        this.operators = new OperatorRoutes(gateway, operations);
    }

    /** Whatever else is under {@code /api/} is answered 404, unless a route mounted before or after takes it. */
    public void mount(Router router) {
        post(router, "publish", AuditLog.ofPeople("publish", ApiRoutes::channel, publishing::publish));
        post(router, "broadcast", AuditLog.ofPeople("broadcast", call -> "", publishing::broadcast));
        post(router, "users/:id/publish", AuditLog.ofPeople("publish", ApiRoutes::user, publishing::publishToUser));
        post(router, "users/:id/disconnect", AuditLog.of("disconnect", ApiRoutes::user, users::disconnect));
        post(router, "users/:id/revoke", AuditLog.of("revoke", ApiRoutes::user, users::revoke));
        post(router, "users/:id/block", AuditLog.of("block", ApiRoutes::user, users::block));
        post(router, "users/:id/unblock", AuditLog.of("unblock", ApiRoutes::user, users::unblock));
        post(router, "revoke", AuditLog.of("revoke", call -> "everybody", users::revokeEverybody));
        post(router, "subscribe", AuditLog.of("subscribe", ApiRoutes::userAndChannel, users::subscribe));
        post(router, "unsubscribe", AuditLog.of("unsubscribe", ApiRoutes::userAndChannel, users::unsubscribe));
        post(router, "history", this::history);
        post(router, "presence", call -> presence(call, call.body().flag("stats")));
        post(router, "presence/stats", call -> presence(call, true));
        post(router, "users/:id", users::status);
        post(router, "user", operators::user);
        post(router, "channels", operators::channels);
        post(router, "channel", operators::channel);
        ofCluster(router, "nodes", operators::nodes);
        ofCluster(router, "nodes/:id/series", operators::series);
        ofCluster(router, "nodes/:id/drain", AuditLog.of("drain", ApiRoutes::node, operators::drain));
        ofCluster(router, "info", call -> Future.succeededFuture(gateway.self()));
        ApiDocument.load().mount(router);
        Endpoints.refuseOthers(router, "/api/*");
    }

    private void post(Router router, String path, Call.Operation operation) {
        endpoints.restricted(router, "/api/" + path, access, operation);
    }

    /** For those who are bound to no tenant. */
    private void ofCluster(Router router, String path, Call.Operation operation) {
        post(
                router,
                path,
                call -> call.caller().tenant().isEmpty()
                        ? operation.run(call)
                        : Future.failedFuture(new ProtocolException(ErrorCode.PERMISSION_DENIED, 0)));
    }

    private static String user(Call call) {
        return "user:" + call.user();
    }

    private static String channel(Call call) {
        return "channel:" + call.body().channel();
    }

    private static String node(Call call) {
        return "node:" + call.parameter("id");
    }

    private static String userAndChannel(Call call) {
        return "user:" + Users.named(call.body()) + "," + channel(call);
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
}
