package dev.carillon.session;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** Lets what waits for different answers go on in the order it came. Confined to an event loop. */
final class InOrder {
    private final EventLoopServices loop;
    private final Queue<Step<?>> steps = new ArrayDeque<>(1);

    InOrder(EventLoopServices loop) {
        this.loop = loop;
    }

    private record Step<T>(Future<T> gate, Consumer<Future<T>> then) {
        void go() {
            then.accept(gate);
        }
    }

    /** Goes on with the gate, which has succeeded or failed by then, once everything before it went on. */
    <T> void add(Future<T> gate, Consumer<Future<T>> then) {
        Step<T> step = new Step<>(gate, then);
        if (steps.isEmpty() && gate.isComplete()) {
            step.go();
            return;
        }
        steps.add(step);
        loop.home(gate, answered -> drain());
    }

    private void drain() {
        while (!steps.isEmpty() && steps.element().gate.isComplete()) {
            steps.remove().go();
        }
    }
}
