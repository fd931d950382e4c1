package dev.carillon.demo;

import dev.carillon.bus.Carillon;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * The verticles of the demo, deployed on every node of development mode. What they know is in maps that the nodes of a
 * cluster share, so any node may answer, and one does. It is in memory only: it ends with the last node.
 */
public final class Demo {
    private Demo() {}

    public static List<VerticleBase> verticles(Vertx vertx) {
        Carillon carillon = Carillon.connect(vertx);
        return List.of(
                new ChatVerticle(carillon),
                new FeedVerticle(carillon),
                new ConnectionsVerticle(carillon),
                new SimulatorVerticle(carillon),
                new AlertsVerticle(carillon));
    }
}
