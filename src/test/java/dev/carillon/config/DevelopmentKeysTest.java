package dev.carillon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DevelopmentKeysTest {
    @TempDir
    Path directory;

    @Test
    void keysAreMadeOnceAndOnlyTheOwnerMayReadThem() throws Exception {
        DevelopmentKeys first = DevelopmentKeys.in(directory);

        assertThat(DevelopmentKeys.in(directory)).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve(DevelopmentKeys.FILE))))
                .isEqualTo("rw-------");
        assertThat(directory.resolve(".carillon")).isDirectoryNotContaining("glob:**.tmp");
    }

    @RepeatedTest(10)
    void nodesThatStartTogetherHaveTheSameKeys() throws Exception {
        int nodes = 8;
        CyclicBarrier start = new CyclicBarrier(nodes);
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            List<Future<DevelopmentKeys>> made = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                made.add(threads.submit(() -> {
                    start.await();
                    return DevelopmentKeys.in(directory);
                }));
            }
            Set<DevelopmentKeys> distinct = new HashSet<>();
            for (Future<DevelopmentKeys> keys : made) {
                distinct.add(keys.get());
            }
            assertThat(distinct).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aSpoiledFileNamesItsCure() throws Exception {
        Files.createDirectories(directory.resolve(".carillon"));
        Files.writeString(directory.resolve(DevelopmentKeys.FILE), "secret: abc\n");

        assertThatThrownBy(() -> DevelopmentKeys.in(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delete it");
    }

    @Test
    void aDirectoryThatCannotBeWrittenNamesItsCure() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DevelopmentKeys.in(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("set auth.secret and api.keys");
    }
}
