package dev.carillon.demo;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientPublish;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.PublishOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;

/**
 * Posts and comments for everybody, and the café, where plain sockets talk: nodes hand over what is published there and
 * publish the answer. The channels' history is all that is kept.
 */
final class FeedVerticle extends VerticleBase {
    private static final String FEED = "feed";
    private static final int MAX_TEXT = 500;
    private static final int PAGE = 100;

    private final Carillon carillon;

    FeedVerticle(Carillon carillon) {
        this.carillon = carillon;
    }

    @Override
    public Future<?> start() {
        return Future.all(
                carillon.onRequest("demo.feed.post", this::post),
                carillon.onRequest("demo.feed.comment", this::comment),
                carillon.onRequest("demo.feed.list", request -> list()),
                carillon.onPublish("cafe.publish", publish -> Future.succeededFuture(said(publish))));
    }

    /** A message with its id, sender and time; a typing mark with who types; nothing else. */
    private static JsonObject said(ClientPublish publish) {
        Form form = Form.of(publish);
        if ("typing".equals(form.fields().getValue("type"))) {
            return new JsonObject()
                    .put("type", "typing")
                    .put("is_typing", Boolean.TRUE.equals(form.fields().getValue("is_typing")))
                    .put("user", form.userId());
        }
        return new JsonObject()
                .put("type", "new_message")
                .put("id", UUID.randomUUID().toString())
                .put("sender", form.userId())
                .put("content", form.text("content", MAX_TEXT))
                .put("timestamp", System.currentTimeMillis());
    }

    private Future<JsonObject> post(ClientRequest request) {
        return publish(Form.of(request), new JsonObject().put("type", "new_post"));
    }

    private Future<JsonObject> comment(ClientRequest request) {
        Form form = Form.of(request);
        return publish(form, new JsonObject().put("type", "new_comment").put("post", form.name("post")));
    }

    private Future<JsonObject> publish(Form form, JsonObject event) {
        event.put("id", UUID.randomUUID().toString())
                .put("author", form.userId())
                .put("text", form.text("text", MAX_TEXT))
                .put("timestamp", System.currentTimeMillis());
        return carillon.publish(FEED, event, PublishOptions.DEFAULTS.withUserId(form.userId()))
                .map(published -> event);
    }

    /** What is still kept, oldest first. */
    private Future<JsonArray> list() {
        return carillon.history(FEED, PAGE)
                .map(page -> new JsonArray(page.publications().stream()
                        .filter(publication -> !publication.data().isBinary())
                        .map(publication -> Json.decodeValue(
                                Buffer.buffer(publication.data().json())))
                        .toList()));
    }
}
