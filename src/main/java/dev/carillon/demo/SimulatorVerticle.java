package dev.carillon.demo;

import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientRequest;
import dev.carillon.bus.RequestFailed;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;

/**
 * The trainer of the simulator: listens to a recording that a client published as bytes, and answers with
 * {@code ai_response} on the same channel. What it says of the sound is measured.
 */
final class SimulatorVerticle extends VerticleBase {
    private static final String ROOM = "simulation:";

    private final Carillon carillon;

    SimulatorVerticle(Carillon carillon) {
        this.carillon = carillon;
    }

    @Override
    public Future<?> start() {
        return carillon.onRequest("demo.simulator.listen", this::listen);
    }

    /** The client says where the recording stands, as the acknowledgement of its publish told it. */
    private Future<JsonObject> listen(ClientRequest request) {
        Form form = Form.of(request);
        String channel = form.name("channel");
        Object epoch = form.fields().getValue("epoch");
        Object offset = form.fields().getValue("offset");
        if (!channel.startsWith(ROOM)
                || !(epoch instanceof String text)
                || !(offset instanceof Number number)
                || number.longValue() < 1) {
            throw new RequestFailed(Form.BAD, "channel, epoch and offset must be those of a recording");
        }
        return carillon.history(channel, new StreamPosition(text, number.longValue() - 1), 1, false)
                .map(page -> page.publications().stream().findFirst())
                .compose(found -> found.filter(recording -> isBy(request.userId(), recording))
                        .map(recording -> answer(channel, recording))
                        .orElseGet(() -> Future.failedFuture(
                                new RequestFailed(Form.NOT_FOUND, "there is no recording of yours"))));
    }

    private static boolean isBy(String userId, Publication publication) {
        return publication.data().isBinary() && userId.equals(publication.userId());
    }

    private Future<JsonObject> answer(String channel, Publication recording) {
        Sound sound;
        try {
            sound = Sound.ofWav(recording.data().bytes());
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(new RequestFailed(Form.BAD, "the recording " + e.getMessage()));
        }
        JsonObject response = new JsonObject()
                .put("type", "ai_response")
                .put("to", recording.offset())
                .put("heard", sound.toJson())
                .put("text", sound.inWords());
        return carillon.publish(channel, response).map(published -> response);
    }
}
