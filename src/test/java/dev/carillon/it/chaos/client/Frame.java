package dev.carillon.it.chaos.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The fields of a node's frame that a client under chaos looks at; whatever else there is, is passed over. */
final class Frame {
    private static final JsonFactory JSON = new JsonFactory();

    String type = "";
    long id;
    String channel = "";
    String epoch = "";
    long offset;
    boolean recovered;
    boolean duplicate;
    int code;
    long retryAfterMs;
    long withinMs;
    long missed;
    long silenceMs;
    String url = "";
    String node = "";

    /** Of a publication's data: its id, or 0. */
    long publication;

    /** Of data on {@code online}: what it is. */
    String event = "";

    /** Of data on {@code online}: whom it is about. */
    String user = "";

    /** Messages of a subscription; what was subscribed, of {@code auth_success}. */
    final List<Frame> parts = new ArrayList<>(0);

    /** Subscriptions that {@code auth_success} refuses. */
    final List<Frame> refused = new ArrayList<>(0);

    static Frame of(String text) {
        try (JsonParser in = JSON.createParser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object: " + text);
            }
            Frame frame = new Frame();
            frame.read(in);
            return frame;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(JsonParser in) throws IOException {
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            JsonToken value = in.nextToken();
            switch (name) {
                case "type" -> type = in.getText();
                case "id" -> id = in.getLongValue();
                case "channel" -> channel = in.getText();
                case "epoch" -> epoch = in.getText();
                case "offset" -> offset = in.getLongValue();
                case "recovered" -> recovered = value == JsonToken.VALUE_TRUE;
                case "duplicate" -> duplicate = value == JsonToken.VALUE_TRUE;
                case "code" -> code = in.getIntValue();
                case "retry_after_ms" -> retryAfterMs = in.getLongValue();
                case "missed" -> missed = in.getLongValue();
                case "within_ms" -> withinMs = in.getLongValue();
                case "ping_interval_ms", "pong_timeout_ms" -> silenceMs += in.getLongValue();
                case "url" -> url = in.getText();
                case "node" -> node = in.getText();
                case "messages", "subscriptions" -> readParts(in, parts);
                case "refused" -> readParts(in, refused);
                case "data" -> readData(in, value);
                default -> in.skipChildren();
            }
        }
    }

    private static void readParts(JsonParser in, List<Frame> into) throws IOException {
        while (in.nextToken() == JsonToken.START_OBJECT) {
            Frame part = new Frame();
            part.read(in);
            into.add(part);
        }
    }

    private void readData(JsonParser in, JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            in.skipChildren();
            return;
        }
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
            in.nextToken();
            switch (name) {
                case "id" -> publication = in.getLongValue();
                case "type" -> event = in.getText();
                case "user_id" -> user = in.getText();
                default -> in.skipChildren();
            }
        }
    }
}
