package dev.carillon.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGTERM, Ctrl-C and the end of the terminal: the first asks the process to end, the second ends it at once. Without a
 * terminal SIGHUP asks it to read its settings again instead. The JVM's own way, a shutdown hook, knows neither a second
 * signal nor an exit code other than that of a process that was killed.
 */
final class EndSignals {
    private static final Logger LOG = LoggerFactory.getLogger(EndSignals.class);

    private static final String HUP = "HUP";
    private static final List<String> NAMES = List.of("TERM", "INT", HUP);

    /** What a shell tells of a process that a signal ended is this and the signal's number. */
    private static final int KILLED = 128;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean again = new AtomicBoolean();
    private volatile Runnable reload = () -> LOG.info("SIGHUP: the node is not up yet, and its settings are new");

    private EndSignals() {}

    /** Takes the signals from here on. One that the JVM is told to leave alone, with -Xrs, is left alone. */
    static EndSignals take() {
        EndSignals signals = new EndSignals();
        for (String name : NAMES) {
            try {
                Signal.handle(new Signal(name), signals::received);
            } catch (IllegalArgumentException e) {
                LOG.debug("{} keeps its meaning to the JVM", name, e);
            }
        }
        return signals;
    }

    /** Does this at a SIGHUP that is not the end of a terminal. */
    void onReload(Runnable newReload) {
        reload = newReload;
    }

    private void received(Signal signal) {
        if (signal.getName().equals(HUP) && System.console() == null) {
            reload.run();
            return;
        }
        if (again.getAndSet(true)) {
            LOG.warn("SIG{} once more: ending at once; the other nodes clean up", signal.getName());
            LogEnd.flush();
            Runtime.getRuntime().halt(KILLED + signal.getNumber());
        }
        LOG.info("SIG{}: ending; once more ends at once", signal.getName());
        asked.countDown();
    }

    /** Waits until the process is asked to end. */
    void await() throws InterruptedException {
        asked.await();
    }
}
