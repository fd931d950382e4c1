package dev.carillon.session;

import io.vertx.core.AsyncResult;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One round of asserting again the sessions of one event loop, so paced that the loop goes on serving: a bounded number
 * of sessions at a time, each with one question to the cluster at a time. Those that fail come again after a pause, until
 * all are done or another round has begun. Confined to the loop.
 */
final class Reassertion {
    private static final int AT_ONCE = 32;
    private static final long FIRST_PAUSE_MS = 250;
    private static final long LONGEST_PAUSE_MS = 5_000;

    private final EventLoopServices loop;
    private final Queue<ClientSession> due;
    private final BooleanSupplier superseded;
    private int underWay;
    private int failures;
    private boolean pausing;

    Reassertion(EventLoopServices loop, Collection<ClientSession> sessions, BooleanSupplier superseded) {
        this.loop = loop;
        this.due = new ArrayDeque<>(sessions);
        this.superseded = superseded;
    }

    void go() {
        while (!pausing && underWay < AT_ONCE && !superseded.getAsBoolean()) {
            ClientSession session = due.poll();
            if (session == null) {
                return;
            }
            underWay++;
            loop.home(session.reassert(), done -> loop.loop().execute(() -> done(session, done)));
        }
    }

    private void done(ClientSession session, AsyncResult<Void> outcome) {
        underWay--;
        if (outcome.succeeded()) {
            failures = 0;
        } else {
            due.add(session);
            if (!pausing) {
                pausing = true;
                long pause = Math.min(FIRST_PAUSE_MS << Math.min(failures++, 10), LONGEST_PAUSE_MS);
                loop.loop()
                        .schedule(
                                () -> {
                                    pausing = false;
                                    go();
                                },
                                pause,
                                TimeUnit.MILLISECONDS);
            }
        }
        go();
    }
}
