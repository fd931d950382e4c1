package dev.carillon;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Feeds each decoder that has a {@code *FuzzTest} what its seeds become by chance, as far as every test run can afford it;
 * {@code scripts/fuzz} is guided by coverage, and goes on for minutes.
 */
class DecodersTest {
    private static final int ROUNDS = 30_000;
    private static final int MAX_CHANGES = 6;
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path SEEDS = Path.of("src/test/resources");

    @TestFactory
    Stream<DynamicTest> whateverASeedBecomesIsDecodedOrRefused() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            List<Path> found = files.filter(file -> file.toString().endsWith("FuzzTest.java"))
                    .sorted()
                    .toList();
            return found.stream().flatMap(DecodersTest::tests);
        }
    }

    private static Stream<DynamicTest> tests(Path file) {
        String name = TESTS.relativize(file).toString().replace(".java", "").replace('/', '.');
        try {
            return Arrays.stream(Class.forName(name).getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(FuzzTest.class))
                    .map(method -> DynamicTest.dynamicTest(name + "." + method.getName(), () -> feed(method)));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void feed(Method decoder) throws Exception {
        Class<?> test = decoder.getDeclaringClass();
        List<byte[]> seeds = seeds(SEEDS.resolve(test.getName().replace('.', '/') + "Inputs/" + decoder.getName()));
        Constructor<?> constructor = test.getDeclaredConstructor();
        constructor.setAccessible(true);
        decoder.setAccessible(true);
        Object instance = constructor.newInstance();
        // Always the same: what fails here fails again.
        Random random = new Random(42);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] input = changed(seeds, random);
            try {
                decoder.invoke(instance, input);
            } catch (InvocationTargetException e) {
                throw new AssertionError(
                        "round " + i + ", in Base64: " + Base64.getEncoder().encodeToString(input), e.getCause());
            }
        }
    }

    private static List<byte[]> seeds(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.sorted().toList();
            List<byte[]> seeds = new ArrayList<>();
            for (Path seed : found) {
                seeds.add(Files.readAllBytes(seed));
            }
            return seeds;
        }
    }

    private static byte[] changed(List<byte[]> seeds, Random random) {
        byte[] input = any(seeds, random);
        for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
            int at = random.nextInt(input.length + 1);
            int length = random.nextInt(input.length - at + 1);
            byte[] part =
                    switch (random.nextInt(4)) {
                        case 0 -> new byte[] {(byte) random.nextInt(256)};
                        case 1 -> Arrays.copyOfRange(input, at, at + length);
                        case 2 -> any(seeds, random);
                        default -> new byte[0];
                    };
            boolean inserted = random.nextBoolean();
            input = replaced(input, at, inserted ? 0 : Math.min(length, 1 + random.nextInt(8)), part);
        }
        return input;
    }

    private static byte[] any(List<byte[]> seeds, Random random) {
        return seeds.get(random.nextInt(seeds.size()));
    }

    /** With some bytes of it replaced by others. */
    private static byte[] replaced(byte[] input, int at, int length, byte[] by) {
        byte[] out = Arrays.copyOf(input, input.length - length + by.length);
        System.arraycopy(by, 0, out, at, by.length);
        System.arraycopy(input, at + length, out, at + by.length, input.length - at - length);
        return out;
    }
}
