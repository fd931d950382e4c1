package dev.carillon.testing;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a client has been told, by channel. */
public final class Heard {
    private Heard() {}

    /** The messages of a channel so far. */
    public static List<JsonObject> messages(WsClient client, String channel) {
        return client.frames().stream()
                .filter(frame -> "message".equals(frame.getString("type")))
                .filter(frame -> channel.equals(frame.getString("channel")))
                .toList();
    }

    /** The data of a channel's messages, once the last one is there. */
    public static List<Object> dataUntil(WsClient client, String channel, Object last) {
        Until.holds(
                () -> messages(client, channel).stream().anyMatch(message -> last.equals(message.getValue("data"))),
                () -> "no " + last + " on " + channel + " in " + client.frames());
        return messages(client, channel).stream()
                .map(message -> message.getValue("data"))
                .toList();
    }

    /** The offsets of a channel's messages so far. */
    public static List<Long> offsets(WsClient client, String channel) {
        return messages(client, channel).stream()
                .map(message -> message.getLong("offset"))
                .toList();
    }

    /** Waits for a join or leave of a user. */
    public static JsonObject change(WsClient client, String type, String user) {
        return client.next(
                frame -> type.equals(frame.getString("type")) && user.equals(frame.getString("user_id")),
                type + " of " + user);
    }

    /** Waits for {@code user_online} or {@code user_offline} of a user. */
    public static JsonObject announced(WsClient watcher, String type, String user) {
        return watcher.next(
                frame -> "online".equals(frame.getString("channel"))
                        && frame.getValue("data") instanceof JsonObject data
                        && type.equals(data.getString("type"))
                        && user.equals(data.getString("user_id")),
                type + " of " + user);
    }

    /** What was announced of a user so far. */
    public static List<String> announcements(WsClient watcher, String user) {
        return messages(watcher, "online").stream()
                .map(message -> message.getJsonObject("data"))
                .filter(data -> user.equals(data.getString("user_id")))
                .map(data -> data.getString("type"))
                .toList();
    }
}
