package dev.carillon.api;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Tenant;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/** What servers may ask of and do to a user's connections and tokens. */
final class Users {
    private final Gateway gateway;
    private final InstantSource clock;

    Users(Gateway gateway, InstantSource clock) {
        this.gateway = gateway;
        this.clock = clock;
    }

    Future<Answer.User> status(Call call) {
        String key = call.userKey();
        return gateway.user(key).map(status -> Answer.User.of(status, gateway.blockedUntil(key)));
    }

    Future<Answer.Connections> disconnect(Call call) {
        String userId = call.user();
        String sessionId = call.body().optionalString("session_id", Fields.MAX_NAME_BYTES);
        return gateway.disconnect(call.userKey(), sessionId, closeCode(call.body()))
                .map(closed -> new Answer.Connections(userId, null, closed));
    }

    Future<Answer.Revoked> revoke(Call call) {
        String userId = call.user();
        return call.body().has("token_id") ? revokeToken(userId, call.body()) : revokeAll(userId, call.body());
    }

    /** Of the tenant that the call is about, or of all who have none. */
    Future<Answer.Revoked> revokeEverybody(Call call) {
        Instant before = call.body().instant("before");
        if (before == null) {
            throw call.body().refused("before", "is required: tokens issued before it are revoked");
        }
        return gateway.revokeAll(call.body().tenant(), before)
                .map(done -> new Answer.Revoked(null, before, null, null));
    }

    Future<Answer.Blocked> block(Call call) {
        String userId = call.user();
        Instant until = call.body().instant("until");
        if (until != null && !until.isAfter(clock.instant())) {
            throw call.body().refused("until", "must be in the future");
        }
        return gateway.block(call.userKey(), until).map(closed -> new Answer.Blocked(userId, true, until, closed));
    }

    Future<Answer.Blocked> unblock(Call call) {
        String userId = call.user();
        return gateway.unblock(call.userKey()).map(done -> new Answer.Blocked(userId, false, null, null));
    }

    Future<Answer.Connections> subscribe(Call call) {
        String userId = named(call.body());
        ChannelName channel = call.body().channel();
        return gateway.subscribe(call.body().userKey(userId), channel)
                .map(connections -> new Answer.Connections(userId, channel.value(), connections));
    }

    Future<Answer.Connections> unsubscribe(Call call) {
        String userId = named(call.body());
        ChannelName channel = call.body().channel();
        return gateway.unsubscribe(call.body().userKey(userId), channel)
                .map(connections -> new Answer.Connections(userId, channel.value(), connections));
    }

    private Future<Answer.Revoked> revokeToken(String userId, Fields body) {
        String tokenId = body.string("token_id", Fields.MAX_NAME_BYTES);
        Instant until = body.instant("until");
        if (until == null) {
            throw body.refused("until", "is required: when the token expires by itself");
        }
        return gateway.revokeToken(Tenant.key(body.tenant(), tokenId), until)
                .map(done -> new Answer.Revoked(userId, null, tokenId, until));
    }

    private Future<Answer.Revoked> revokeAll(String userId, Fields body) {
        Instant given = body.instant("before");
        Instant before = given == null ? clock.instant() : given;
        return gateway.revokeUser(body.userKey(userId), before)
                .map(done -> new Answer.Revoked(userId, before, null, null));
    }

    /** The user that a body names. */
    static String named(Fields body) {
        return body.user("user_id", body.string("user_id", Fields.MAX_NAME_BYTES));
    }

    private static CloseCode closeCode(Fields body) {
        long code = body.integer("code", 1000, 4999, CloseCode.UNAUTHORIZED.code());
        return Arrays.stream(CloseCode.values())
                .filter(known -> known.code() == code)
                .findFirst()
                .orElseThrow(() -> body.refused("code", "must be a close code of the protocol"));
    }
}
