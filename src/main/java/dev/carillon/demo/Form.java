package dev.carillon.demo;

import dev.carillon.bus.ClientPublish;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What a client filled in; a bad field fails the request, or the publish, with 400 and says which. */
record Form(String userId, JsonObject fields) {
    static final int BAD = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int FULL = 429;

    /** Longest name of a user or a chat; no white space, so that it may stand in a channel's name. */
    static final int MAX_NAME = 40;

    static Form of(ClientRequest request) {
        return new Form(request.userId(), request.data() instanceof JsonObject fields ? fields : new JsonObject());
    }

    static Form of(ClientPublish publish) {
        return new Form(publish.userId(), publish.data() instanceof JsonObject fields ? fields : new JsonObject());
    }

    /** Text with something in it, as it was written: pages show it as text. */
    String text(String field, int maxChars) {
        if (fields.getValue(field) instanceof String text && !text.isBlank() && text.length() <= maxChars) {
            return text;
        }
        throw new RequestFailed(BAD, field + " must be a text of at most " + maxChars + " characters");
    }

    String name(String field) {
        return name(field, fields.getValue(field));
    }

    List<String> names(String field, int most) {
        if (fields.getValue(field) instanceof JsonArray array && array.size() <= most) {
            return array.stream().map(value -> name(field, value)).toList();
        }
        throw new RequestFailed(BAD, field + " must be a list of at most " + most + " names");
    }

    private static String name(String field, Object value) {
        if (value instanceof String name && name.matches("[^\\s\\p{Cntrl}]{1," + MAX_NAME + "}")) {
            return name;
        }
        throw new RequestFailed(BAD, field + " must be a name of at most " + MAX_NAME + " characters without spaces");
    }
}
