package dev.carillon.demo;

import dev.carillon.bus.AuthorizeRequest;
import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.AsyncMap;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Who may read and write in {@code messages:{chat}}: nodes ask {@code chat.authorize} before each subscribe and publish.
 * A chat that somebody has made private is for its members, every other is for all.
 */
final class ChatVerticle extends VerticleBase {
    private static final int MAX_CHATS = 1000;
    private static final int MAX_MEMBERS = 20;

    private final Carillon carillon;

    @SuppressWarnings("NullAway.Init")
    private AsyncMap<String, JsonArray> members;

    ChatVerticle(Carillon carillon) {
        this.carillon = carillon;
    }

    @Override
    public Future<?> start() {
        return vertx.sharedData().<String, JsonArray>getAsyncMap("demo.chats").compose(map -> {
            members = map;
            return Future.all(
                    carillon.onAuthorize("chat.authorize", this::authorize),
                    carillon.onRequest("demo.chat.create", this::create));
        });
    }

    private Future<Boolean> authorize(AuthorizeRequest ask) {
        return mayEnter(ask.userId(), ask.channel().rest());
    }

    private Future<Boolean> mayEnter(String userId, String chat) {
        return members.get(chat).map(known -> known == null || known.contains(userId));
    }

    /** Makes a chat private to its maker and those invited, who are told on their personal channels. */
    private Future<JsonObject> create(ClientRequest request) {
        Form form = Form.of(request);
        String chat = form.name("chat");
        Set<String> all = new LinkedHashSet<>(form.names("members", MAX_MEMBERS));
        all.add(form.userId());
        JsonObject invitation =
                new JsonObject().put("type", "chat.invited").put("chat", chat).put("by", form.userId());
        return members.size()
                .compose(size -> size < MAX_CHATS
                        ? members.putIfAbsent(chat, new JsonArray(all.stream().toList()))
                        : Future.failedFuture(new RequestFailed(Form.FULL, "there are too many chats")))
                .compose(before -> before == null
                        ? carillon.broadcastToUsers(all.stream().toList(), invitation)
                        : Future.failedFuture(new RequestFailed(Form.CONFLICT, "there is a chat of this name")))
                .map(told -> new JsonObject().put("chat", chat));
    }
}
