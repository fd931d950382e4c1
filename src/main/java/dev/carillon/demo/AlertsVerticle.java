package dev.carillon.demo;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import dev.carillon.channel.Ack;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.AsyncMap;
import java.util.Comparator;
import java.util.UUID;

/** Alerts that a dashboard asks for. When they change it is told so on {@code notifications}, and asks again. */
final class AlertsVerticle extends VerticleBase {
    private static final int MAX_ALERTS = 100;
    private static final int MAX_TEXT = 200;

    private final Carillon carillon;

    @SuppressWarnings("NullAway.Init")
    private AsyncMap<String, JsonObject> alerts;

    AlertsVerticle(Carillon carillon) {
        this.carillon = carillon;
    }

    @Override
    public Future<?> start() {
        return vertx.sharedData().<String, JsonObject>getAsyncMap("demo.alerts").compose(map -> {
            alerts = map;
            return Future.all(
                    carillon.onRequest("demo.alerts.list", request -> list()),
                    carillon.onRequest("demo.alerts.raise", this::raise),
                    carillon.onRequest("demo.alerts.resolve", this::resolve));
        });
    }

    /** Newest first. */
    private Future<JsonArray> list() {
        return alerts.values()
                .map(all -> new JsonArray(all.stream()
                        .sorted(Comparator.comparingLong((JsonObject alert) -> alert.getLong("raised_at"))
                                .reversed())
                        .toList()));
    }

    private Future<JsonObject> raise(ClientRequest request) {
        Form form = Form.of(request);
        JsonObject alert = new JsonObject()
                .put("id", UUID.randomUUID().toString())
                .put("text", form.text("text", MAX_TEXT))
                .put("raised_by", form.userId())
                .put("raised_at", System.currentTimeMillis());
        return alerts.size()
                .compose(size -> size < MAX_ALERTS
                        ? alerts.put(alert.getString("id"), alert)
                        : Future.failedFuture(new RequestFailed(Form.FULL, "there are too many alerts")))
                .compose(kept -> changed())
                .map(told -> alert);
    }

    private Future<Boolean> resolve(ClientRequest request) {
        return alerts.remove(Form.of(request).name("id"))
                .compose(alert -> alert == null
                        ? Future.failedFuture(new RequestFailed(Form.NOT_FOUND, "there is no such alert"))
                        : changed())
                .map(told -> true);
    }

    private Future<Ack> changed() {
        return carillon.publish("notifications", new JsonObject().put("type", "alerts.changed"));
    }
}
