package dev.carillon.api;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishing to a channel, to a user, and to many of both at once. */
final class Publishing {
    /** Channels, and users, that one broadcast may name. */
    static final int MAX_TARGETS = 1000;

    private final Gateway gateway;

    Publishing(Gateway gateway) {
        this.gateway = gateway;
    }

    Future<Answer.Published> publish(Call call) {
        Fields body = call.body();
        ChannelName channel = body.channel();
        String userId = body.optionalString("user_id", Fields.MAX_NAME_BYTES);
        return gateway.publish(channel, body.data(), userId, body.key(), call.traceparent())
                .map(ack -> Answer.Published.of(channel, null, ack));
    }

    Future<Answer.Published> publishToUser(Call call) {
        String userId = call.user();
        ChannelName channel = ChannelName.ofUser(userId).in(call.body().tenant());
        return gateway.publish(channel, call.body().data(), null, call.body().key(), call.traceparent())
                .map(ack -> Answer.Published.of(channel, userId, ack));
    }

    /** Refused as a whole if a name is malformed; otherwise every channel has its own result. */
    Future<Answer.Broadcast> broadcast(Call call) {
        Fields body = call.body();
        Map<ChannelName, String> targets = targets(body);
        Payload data = body.data();
        String key = body.key();
        String traceparent = call.traceparent();
        List<Future<Answer.Published>> published = new ArrayList<>(targets.size());
        targets.forEach((channel, userId) ->
                published.add(publishOne(channel, userId.isEmpty() ? null : userId, data, key, traceparent)));
        return Future.all(published).map(all -> new Answer.Broadcast(all.list()));
    }

    private Future<Answer.Published> publishOne(
            ChannelName channel,
            @Nullable String userId,
            Payload data,
            @Nullable String key,
            @Nullable String traceparent) {
        return gateway.publish(channel, data, null, key, traceparent)
                .map(ack -> Answer.Published.of(channel, userId, ack))
                .otherwise(cause -> Answer.Published.refused(channel, userId, cause));
    }

    /** Channels in the order given, each with its user's id where it was named by that; once each. */
    private static Map<ChannelName, String> targets(Fields body) {
        Map<ChannelName, String> targets = new LinkedHashMap<>();
        for (String channel : body.strings("channels", MAX_TARGETS)) {
            targets.put(body.channel("channels", channel), "");
        }
        for (String userId : body.strings("users", MAX_TARGETS)) {
            targets.put(ChannelName.ofUser(body.user("users", userId)).in(body.tenant()), userId);
        }
        if (targets.isEmpty()) {
            throw body.refused("channels", "or users must name at least one");
        }
        if (targets.size() > MAX_TARGETS) {
            throw body.refused("channels", "and users together must be at most " + MAX_TARGETS);
        }
        return targets;
    }
}
