package dev.carillon.ops;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which series an expression of Prometheus asks for, and by which labels. */
final class Promql {
    private static final Pattern STRING = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\)");

    /** A name with its matchers; a name before a bracket is a function. */
    private static final Pattern SELECTOR =
            Pattern.compile("\\b([a-zA-Z_][a-zA-Z0-9_]*)\\b(?!\\s*\\()\\s*(?:\\{([^}]*)})?");

    private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]\\w*)\\s*(?:=~|!~|!=|=)");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "by", "without", "sum");

    private Promql() {}

    static Set<String> metrics(String expr) {
        return labels(expr).keySet();
    }

    /** The labels that each series is selected by; for an expression with one series, those it is grouped by as well. */
    static Map<String, Set<String>> labels(String expr) {
        Set<String> grouped = new TreeSet<>();
        Matcher groupings = GROUPING.matcher(expr);
        while (groupings.find()) {
            Matcher names = Pattern.compile("\\w+").matcher(groupings.group().replaceFirst("^\\w+", ""));
            while (names.find()) {
                grouped.add(names.group());
            }
        }
        String bare = STRING.matcher(expr).replaceAll("_");
        bare = RANGE.matcher(bare).replaceAll("");
        bare = GROUPING.matcher(bare).replaceAll("");
        Map<String, Set<String>> labels = new TreeMap<>();
        Matcher selectors = SELECTOR.matcher(bare);
        while (selectors.find()) {
            if (!WORDS.contains(selectors.group(1))) {
                Set<String> by = labels.computeIfAbsent(selectors.group(1), name -> new TreeSet<>());
                Matcher matchers = MATCHER.matcher(selectors.group(2) == null ? "" : selectors.group(2));
                while (matchers.find()) {
                    by.add(matchers.group(1));
                }
            }
        }
        if (labels.size() == 1) {
            labels.values().forEach(by -> by.addAll(grouped));
        }
        return labels;
    }
}
