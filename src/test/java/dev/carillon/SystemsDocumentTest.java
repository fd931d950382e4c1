package dev.carillon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** {@code src/docs/systems.md} says which test shows each need: those tests are there. */
class SystemsDocumentTest {
    private static final Path JAVA = Path.of("src/test/java");
    private static final Path TYPESCRIPT = Path.of("src/client/test");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!need |---)(.+) \\| (.+) \\|$");
    private static final Pattern JAVA_TEST = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");
    private static final Pattern TYPESCRIPT_TEST = Pattern.compile("`([\\w/-]+\\.test(?:-d)?\\.tsx?): ([^`]+)`");
    private static final String OPEN = "**open**";

    @Test
    void eachNeedNamesATestOrIsOpen() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(40).allSatisfy(row -> {
            String shown = row.group(2);
            assertThat(JAVA_TEST.matcher(shown).find()
                            || TYPESCRIPT_TEST.matcher(shown).find()
                            || shown.startsWith(OPEN))
                    .as(row.group(1))
                    .isTrue();
        });
    }

    @Test
    void eachTestThatIsNamedIsThere() throws IOException {
        List<String> missing = new ArrayList<>();
        for (MatchResult row : rows()) {
            for (MatchResult named : JAVA_TEST.matcher(row.group(2)).results().toList()) {
                if (!isJavaTest(named.group(1), named.group(2))) {
                    missing.add(named.group());
                }
            }
            for (MatchResult named :
                    TYPESCRIPT_TEST.matcher(row.group(2)).results().toList()) {
                if (!isTypeScriptTest(TYPESCRIPT.resolve(named.group(1)), named.group(2))) {
                    missing.add(named.group());
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void whatStandsInCodeIsATestThatThisTestUnderstands() throws IOException {
        Pattern anyTest = Pattern.compile("`[^`]*(?:IT|Test|\\.test)[^`]*`");
        for (MatchResult row : rows()) {
            assertThat(anyTest.matcher(row.group(2)).results().map(MatchResult::group))
                    .allMatch(code -> JAVA_TEST.matcher(code).matches()
                            || TYPESCRIPT_TEST.matcher(code).matches());
        }
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("src/docs/systems.md")))
                .results()
                .toList();
    }

    private static boolean isJavaTest(String type, String method) throws IOException {
        try (Stream<Path> files = Files.walk(JAVA)) {
            return files.filter(file -> file.endsWith(type + ".java"))
                    .map(file -> JAVA.relativize(file).toString())
                    .map(file ->
                            file.substring(0, file.length() - ".java".length()).replace('/', '.'))
                    .flatMap(name -> Arrays.stream(classOf(name).getDeclaredMethods()))
                    .anyMatch(declared -> declared.getName().equals(method)
                            && AnnotationSupport.isAnnotated(declared, Testable.class));
        }
    }

    // Without its static initialiser, which would start what the test needs.
    private static Class<?> classOf(String name) {
        try {
            return Class.forName(name, false, SystemsDocumentTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** A test of vitest by its title, or one of types by what the line after it must not do. */
    private static boolean isTypeScriptTest(Path file, String title) throws IOException {
        String begin = "(?m)^ *(?:it(?:\\.each\\([^\\n]*\\))?\\(|\\]\\)\\()'";
        String pattern = file.toString().contains(".test-d.")
                ? "(?m)^ *// @ts-expect-error " + Pattern.quote(title) + "$"
                : begin + Pattern.quote(title) + "'";
        return Files.exists(file)
                && Pattern.compile(pattern).matcher(Files.readString(file)).find();
    }
}
