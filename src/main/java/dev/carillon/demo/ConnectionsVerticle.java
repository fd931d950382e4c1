package dev.carillon.demo;

import dev.carillon.bus.Broadcast;
import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import dev.carillon.presence.Member;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.AsyncMap;
import java.util.List;
import java.util.Map;

/**
 * Who asked to know whom, and who said yes. Each of the two is told on the personal channel, which all connections of a
 * user have and the plain sockets of {@code notifications}, and on {@code connections:{id}} for sockets of that channel.
 */
final class ConnectionsVerticle extends VerticleBase {
    private static final int MAX_PAIRS = 10_000;
    private static final String ASKED = "asked";
    private static final String ACCEPTED = "accepted";

    private final Carillon carillon;

    /** By who asked and who was asked. */
    @SuppressWarnings("NullAway.Init")
    private AsyncMap<String, String> pairs;

    ConnectionsVerticle(Carillon carillon) {
        this.carillon = carillon;
    }

    @Override
    public Future<?> start() {
        return vertx.sharedData()
                .<String, String>getAsyncMap("demo.connections")
                .compose(map -> {
                    pairs = map;
                    return Future.all(
                            carillon.onRequest("demo.connections.request", this::ask),
                            carillon.onRequest("demo.connections.accept", this::accept),
                            carillon.onRequest("demo.connections.list", this::list),
                            carillon.onRequest("demo.connections.online", request -> online()));
                });
    }

    private Future<JsonObject> ask(ClientRequest request) {
        Form form = Form.of(request);
        String from = form.userId();
        String to = form.name("user");
        if (to.equals(from)) {
            throw new RequestFailed(Form.BAD, "user must be somebody else");
        }
        return pairs.size()
                .compose(size -> size < MAX_PAIRS
                        ? pairs.get(pair(to, from))
                        : Future.failedFuture(new RequestFailed(Form.FULL, "there are too many requests")))
                .compose(reverse -> reverse == null
                        ? pairs.putIfAbsent(pair(from, to), ASKED)
                        : Future.failedFuture(new RequestFailed(Form.CONFLICT, to + " has asked you already")))
                .compose(before -> before == null
                        ? tell(to, event("connection_request", from, to), from + " would like to connect")
                        : Future.failedFuture(new RequestFailed(Form.CONFLICT, "you have asked " + to + " already")))
                .map(told -> entry(from, to, ASKED));
    }

    private Future<JsonObject> accept(ClientRequest request) {
        Form form = Form.of(request);
        String from = form.name("user");
        String to = form.userId();
        return pairs.replaceIfPresent(pair(from, to), ASKED, ACCEPTED)
                .compose(asked -> asked
                        ? tell(from, event("connection_accepted", from, to), to + " is now connected with you")
                        : Future.failedFuture(new RequestFailed(Form.NOT_FOUND, from + " has not asked you")))
                .map(told -> entry(from, to, ACCEPTED));
    }

    /** Those of the user who asks. */
    private Future<JsonArray> list(ClientRequest request) {
        String me = request.userId();
        return pairs.entries().map(all -> {
            JsonArray mine = new JsonArray();
            for (Map.Entry<String, String> entry : all.entrySet()) {
                String[] ends = entry.getKey().split("\n", 2);
                if (ends[0].equals(me) || ends[1].equals(me)) {
                    mine.add(entry(ends[0], ends[1], entry.getValue()));
                }
            }
            return mine;
        });
    }

    /** Who has the demo open: its pages are all in the lobby. */
    private Future<JsonArray> online() {
        return carillon.presence("lobby")
                .map(lobby -> new JsonArray(
                        lobby.members().stream().map(Member::userId).distinct().toList()));
    }

    private Future<Broadcast> tell(String userId, JsonObject event, String text) {
        JsonObject notification = new JsonObject().put("type", "notification").put("text", text);
        return carillon.broadcastToUsers(List.of(userId), event)
                .compose(told -> carillon.broadcast(List.of("connections:" + userId), event))
                .compose(told -> carillon.broadcastToUsers(List.of(userId), notification));
    }

    private static JsonObject event(String type, String from, String to) {
        return new JsonObject().put("type", type).put("from", from).put("to", to);
    }

    private static JsonObject entry(String from, String to, String state) {
        return new JsonObject().put("from", from).put("to", to).put("state", state);
    }

    private static String pair(String from, String to) {
        return from + "\n" + to;
    }
}
