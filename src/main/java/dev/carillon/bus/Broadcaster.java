package dev.carillon.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One publication for many, a bounded part of them at a time; those that fail for now are asked again, with the same key. */
final class Broadcaster {
    private static final int PART = 500;

    private final Vertx vertx;
    private final NodeLink link;
    private final String kind;
    private final JsonObject command;
    private final Map<String, CarillonException> failed = new HashMap<>();
    private int published;

    /**
     * @param kind {@code channels} or {@code users}
     * @param command lacks only those
     */
    Broadcaster(Vertx vertx, NodeLink link, String kind, JsonObject command) {
        this.vertx = vertx;
        this.link = link;
        this.kind = kind;
        this.command = command;
    }

    Future<Broadcast> run(List<String> targets) {
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < targets.size(); from += PART) {
            List<String> part = List.copyOf(targets.subList(from, Math.min(targets.size(), from + PART)));
            done = done.compose(before -> part(part));
        }
        return done.map(all -> new Broadcast(published, failed));
    }

    private Future<Void> part(List<String> targets) {
        List<String> waiting = new ArrayList<>(targets);
        return link.retry()
                .run(vertx, () -> attempt(waiting), CarillonException::isTemporary)
                .otherwiseEmpty();
    }

    // Leaves in `waiting` those that another attempt may help, and fails if there are any. The link has attempts of
    // its own: where they ran out, none is left for its targets.
    private Future<Void> attempt(List<String> waiting) {
        List<String> asked = List.copyOf(waiting);
        waiting.clear();
        return link.ask(command.copy().put(kind, new JsonArray(asked)), NodeLink.options(), BusReplies::results)
                .onFailure(cause -> asked.forEach(target -> failed.put(target, CarillonException.of(cause))))
                .otherwise(List.of())
                .compose(results -> {
                    for (int i = 0; i < results.size(); i++) {
                        note(asked.get(i), results.get(i), waiting);
                    }
                    return waiting.isEmpty()
                            ? Future.succeededFuture()
                            : Future.failedFuture(failed.get(waiting.get(0)));
                });
    }

    private void note(String target, JsonObject result, List<String> waiting) {
        Integer code = result.getInteger("code");
        if (code == null) {
            published++;
            failed.remove(target);
            return;
        }
        CarillonException failure = new CarillonException(code, result.getString("error"));
        failed.put(target, failure);
        if (failure.temporary()) {
            waiting.add(target);
        }
    }
}
