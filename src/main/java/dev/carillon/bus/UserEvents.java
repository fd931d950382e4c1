package dev.carillon.bus;

import dev.carillon.presence.UserStatus;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;

/**
 * Tells verticles that users came and went. Only the node that announces the event calls it, once. Safe on any thread;
 * verticles that are not there miss it.
 */
public final class UserEvents {
    private final Vertx vertx;
    private final InstantSource clock;

    public UserEvents(Vertx vertx, InstantSource clock) {
        this.vertx = vertx;
        this.clock = clock;
    }

    public void online(UserStatus user) {
        tell(BusAddresses.USER_ONLINE, user);
    }

    public void offline(UserStatus user) {
        tell(BusAddresses.USER_OFFLINE, user);
    }

    private void tell(String address, UserStatus user) {
        vertx.eventBus()
                .publish(
                        address,
                        new JsonObject()
                                .put("user_id", user.userId())
                                .put("info", BusReplies.info(user.info()))
                                .put("timestamp", clock.millis()));
    }

    static UserEvent read(JsonObject in) {
        return new UserEvent(in.getString("user_id"), in.getJsonObject("info"), in.getLong("timestamp"));
    }
}
