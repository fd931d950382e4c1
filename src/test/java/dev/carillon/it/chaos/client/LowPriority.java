package dev.carillon.it.chaos.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets a thread run when nobody else wants the processor; Java's own priorities do nothing on Linux. */
final class LowPriority {
    private static final Path SELF = Path.of("/proc/thread-self");
    private static final String NICEST = "19";

    private LowPriority() {}

    /** Of the calling thread, which waits for it; where there is no Linux nothing changes. */
    static void ofThisThread() {
        if (!Files.exists(SELF)) {
            return;
        }
        try {
            String thread = Files.readSymbolicLink(SELF).getFileName().toString();
            Process renice = new ProcessBuilder("renice", "-n", NICEST, "-p", thread)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (renice.waitFor() != 0) {
                throw new IllegalStateException("renice " + thread + " failed");
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
