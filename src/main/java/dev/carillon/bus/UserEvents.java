package dev.carillon.bus;

import dev.carillon.channel.Tenant;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;

/**
 * Tells verticles that users came and went. Only the node that announces the event calls it, once. Safe on any thread;
 * verticles that are not there miss it. Users are given by their keys, and told of with their tenant, if they have one.
 */
public final class UserEvents {
    private final Vertx vertx;
    private final InstantSource clock;

    public UserEvents(Vertx vertx, InstantSource clock) {
        this.vertx = vertx;
        this.clock = clock;
    }

    /** @param info what the user's last token told */
    public void online(String userId, JsonObject info) {
        tell(BusAddresses.USER_ONLINE, userId, info);
    }

    /** @param info what the user's last token told */
    public void offline(String userId, JsonObject info) {
        tell(BusAddresses.USER_OFFLINE, userId, info);
    }

    private void tell(String address, String userId, JsonObject info) {
        JsonObject event = new JsonObject()
                .put("user_id", Tenant.name(userId))
                .put("info", info)
                .put("timestamp", clock.millis());
        if (!Tenant.of(userId).isEmpty()) {
            event.put("tenant", Tenant.of(userId));
        }
        vertx.eventBus().publish(address, event);
    }

    static UserEvent read(JsonObject in) {
        return new UserEvent(
                in.getString("tenant", ""), in.getString("user_id"), in.getJsonObject("info"), in.getLong("timestamp"));
    }
}
