package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.nodes.Places;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What all clients of a run share.
 *
 * @param sockets makes connections
 * @param clock nanoseconds since the run began
 * @param tokens gives a user its token
 * @param ids of publications, the last one given
 * @param keys what their keys begin with: no other run on the same nodes has it
 */
record Surroundings(
        Vertx vertx,
        WebSocketClient sockets,
        Places nodes,
        History history,
        LongSupplier clock,
        UnaryOperator<String> tokens,
        AtomicLong ids,
        String keys) {
    Surroundings with(Vertx loops, WebSocketClient others) {
        return new Surroundings(loops, others, nodes, history, clock, tokens, ids, keys);
    }

    /** The place that a URL of a node leads to, -1 for none. */
    int placeOf(String url) {
        for (int place = 0; place < nodes.size(); place++) {
            if (url.endsWith("//" + nodes.address(place))) {
                return place;
            }
        }
        return -1;
    }
}
