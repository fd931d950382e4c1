package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.NodeSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says that the processes of nodes hold in memory. */
record ProcessMemory(NodeSet nodes) {
    /** Of all nodes that are up. */
    long residentBytes() {
        long bytes = 0;
        for (int place = 0; place < nodes.size(); place++) {
            if (nodes.isUp(place)) {
                bytes += residentBytes(nodes.pid(place));
            }
        }
        return bytes;
    }

    private static long residentBytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0)
                    * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
