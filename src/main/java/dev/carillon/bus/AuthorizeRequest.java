package dev.carillon.bus;

import dev.carillon.channel.ChannelName;
import io.vertx.core.json.JsonObject;

/**
 * A node asks whether a user may.
 *
 * @param channel of the user's tenant, if there is one
 * @param info the {@code info} claim of the user's token
 */
public record AuthorizeRequest(Action action, ChannelName channel, String userId, String sessionId, JsonObject info) {
    /** What the user wants to do. */
    public enum Action {
        SUBSCRIBE,
        PUBLISH
    }

    static AuthorizeRequest read(BusFields in) {
        Action action =
                switch (in.string("action")) {
                    case "subscribe" -> Action.SUBSCRIBE;
                    case "publish" -> Action.PUBLISH;
                    default -> throw BusFields.refused("action", "is neither subscribe nor publish");
                };
        return new AuthorizeRequest(
                action,
                in.channel(),
                in.string("user_id"),
                in.string("session_id"),
                in.body().getJsonObject("info", new JsonObject()));
    }
}
