package dev.carillon.session;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets clients that have said who they are in a few at a time, in the order they came: when thousands come at once,
 * after a node was lost, those who are here do not wait behind all of them at the owners. Who waits is a connection, and
 * connections are bounded. Confined to the event loop.
 */
final class Arrivals {
    /** Enough to keep the owners busy, few enough to be passed in a moment. */
    static final int MAX_UNDER_WAY = 32;

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean letting;

    /** Runs an arrival now, or when those before it have {@linkplain #arrived arrived}. */
    void enter(Runnable arrival) {
        waiting.add(arrival);
        let();
    }

    /** One that was let in is there, or gone. */
    void arrived() {
        underWay--;
        let();
    }

    // Not recursive: a thousand that are gone by now leave at once.
    private void let() {
        if (letting) {
            return;
        }
        letting = true;
        try {
            while (underWay < MAX_UNDER_WAY && !waiting.isEmpty()) {
                underWay++;
                waiting.remove().run();
            }
        } finally {
            letting = false;
        }
    }
}
