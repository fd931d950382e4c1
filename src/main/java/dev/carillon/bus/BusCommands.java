package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.TraceContext;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of verticles, read and carried out in the order they come. Throws and fails with what the gateway fails with. */
final class BusCommands {
    /** Most channels or users of one broadcast. */
    static final int MAX_TARGETS = 1000;

    private static final int DEFAULT_HISTORY = 50;

    private final Gateway gateway;

    BusCommands(Gateway gateway) {
        this.gateway = gateway;
    }

    /** A publish: a JSON object, or the data as bytes with the rest in headers. */
    Future<Ack> publish(@Nullable Object body, MultiMap headers) {
        if (body instanceof Buffer || body instanceof byte[]) {
            PublishRequest request = new PublishRequest(
                    headers.get("tenant"),
                    headers.get("channel"),
                    headers.get("key"),
                    headers.get("user_id"),
                    headers.get(TraceContext.NAME),
                    BusFields.data(body));
            return publish(request);
        }
        BusFields in = BusFields.of(body);
        return publish(in, in.data(), Trace.of(headers));
    }

    /** A publish from this process. */
    Future<Ack> publish(PublishRequest request) {
        return publish(request.fields(), request.data(), TraceContext.wellFormed(request.traceparent()));
    }

    /** A command: a JSON object that names it. */
    Future<JsonObject> command(@Nullable Object body, MultiMap headers) {
        BusFields in = BusFields.of(body);
        return switch (in.string("command")) {
            case "node" ->
                Future.succeededFuture(
                        new JsonObject().put("node", gateway.self().id()));
            case "broadcast" -> broadcast(in, Trace.of(headers));
            case "history" -> history(in);
            case "presence" -> gateway.presence(in.channel()).map(BusReplies::presence);
            case "user" -> gateway.user(in.userKey()).map(BusReplies::user);
            case "disconnect" -> disconnect(in);
            default -> throw new ProtocolException(ErrorCode.UNKNOWN_TYPE, 0, "unknown type: command");
        };
    }

    private Future<Ack> publish(BusFields in, Payload data, @Nullable String traceparent) {
        return gateway.publish(in.channel(), data, in.stringOrNull("user_id"), in.key(), traceparent);
    }

    private Future<JsonObject> broadcast(BusFields in, @Nullable String traceparent) {
        boolean users = in.has("users");
        List<String> targets = in.strings(users ? "users" : "channels", MAX_TARGETS);
        Payload data = in.data();
        String userId = in.stringOrNull("user_id");
        String key = in.key();
        String tenant = in.tenant();
        List<Future<JsonObject>> results = targets.stream()
                .map(target -> publishOne(users, tenant, target, data, userId, key, traceparent))
                .toList();
        return Future.all(results)
                .map(all ->
                        BusReplies.results(results.stream().map(Future::result).toList()));
    }

    // Never fails: one bad target must not spoil the others.
    private Future<JsonObject> publishOne(
            boolean user,
            String tenant,
            String target,
            Payload data,
            @Nullable String userId,
            @Nullable String key,
            @Nullable String traceparent) {
        Future<JsonObject> published;
        try {
            ChannelName channel = user
                    ? BusFields.channel("users", ChannelName.USER_NAMESPACE + ":" + target)
                    : BusFields.channel("channels", target);
            published = gateway.publish(channel.in(tenant), data, userId, key, traceparent)
                    .map(BusReplies::ack);
        } catch (ProtocolException e) {
            published = Future.failedFuture(e);
        }
        return published.otherwise(cause -> {
            BusFailure failure = BusFailure.of(cause);
            return new JsonObject().put("code", failure.code()).put("error", failure.message());
        });
    }

    private Future<JsonObject> history(BusFields in) {
        int limit = in.number("limit", 1, Integer.MAX_VALUE, DEFAULT_HISTORY);
        return gateway.history(in.channel(), in.position("since"), limit, in.flag("reverse"))
                .map(BusReplies::history);
    }

    private Future<JsonObject> disconnect(BusFields in) {
        int number = in.number("code", 1000, 4999, CloseCode.UNAUTHORIZED.code());
        for (CloseCode code : CloseCode.values()) {
            if (code.code() == number) {
                return gateway.disconnect(in.userKey(), in.stringOrNull("session_id"), code)
                        .map(count -> new JsonObject().put("disconnected", count));
            }
        }
        throw BusFields.refused("code", "is no close code");
    }
}
