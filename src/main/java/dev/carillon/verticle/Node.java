package dev.carillon.verticle;

import dev.carillon.config.Settings;
import io.vertx.core.Future;

/** A running node. Safe on any thread. */
public final class Node {
    private Node() {}

    /** Starts Vert.x, the cluster member and all verticles; fails with the first cause that stops the start. */
    public static Future<Node> start(Settings settings) {
        throw new UnsupportedOperationException();
    }

    /** New at each start. */
    public String id() {
        throw new UnsupportedOperationException();
    }

    /** The port clients reach it at, also when the settings said 0. */
    public int httpPort() {
        throw new UnsupportedOperationException();
    }

    /** Leaves the cluster politely and ends. */
    public Future<Void> stop() {
        throw new UnsupportedOperationException();
    }
}
