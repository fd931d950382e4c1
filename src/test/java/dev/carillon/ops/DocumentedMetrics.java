package dev.carillon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of {@code src/docs/metrics.md}.
 *
 * @param rows by name
 */
public record DocumentedMetrics(Map<String, Row> rows) {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\| ([^|]+) \\| ([^|]*)\\| ([^|]+) \\|$");

    /** One metric. */
    public record Row(String type, String unit, Set<String> labels) {}

    public static DocumentedMetrics read() {
        Map<String, Row> rows = new TreeMap<>();
        Matcher matcher = ROW.matcher(text());
        while (matcher.find()) {
            Set<String> labels = new TreeSet<>();
            for (String label : matcher.group(4).split(",", -1)) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
            Row before = rows.put(matcher.group(1), new Row(matcher.group(2), matcher.group(3), labels));
            assertThat(before).as("%s is there twice", matcher.group(1)).isNull();
        }
        return new DocumentedMetrics(rows);
    }

    private static String text() {
        try {
            return Files.readString(Path.of("src/docs/metrics.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names that a scrape has for them. */
    Set<String> series() {
        Set<String> series = new TreeSet<>();
        rows.forEach((name, row) -> {
            if (row.type().equals("gauge") || row.type().equals("counter")) {
                series.add(name);
            } else {
                series.addAll(Set.of(name + "_count", name + "_sum", name + "_max"));
                if (row.type().equals("histogram")) {
                    series.add(name + "_bucket");
                }
            }
        });
        return series;
    }

    Set<String> labels(String series) {
        Row row = rows.get(series);
        if (row == null) {
            row = rows.get(series.replaceFirst("_(count|sum|max|bucket)$", ""));
        }
        return row == null ? Set.of() : row.labels();
    }
}
