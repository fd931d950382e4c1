package dev.carillon.it.chaos.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The violations of a run: all are counted, the first of each rule are kept with their evidence. */
public final class Findings {
    private static final int KEPT = 12;

    private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
    private final List<Violation> kept = new ArrayList<>();

    void add(Rule rule, String who, long atNanos, String evidence) {
        if (counts.merge(rule, 1, Integer::sum) <= KEPT) {
            kept.add(new Violation(rule, who, atNanos, evidence));
        }
    }

    /** How often each rule was broken; those that were kept are missing. */
    public Map<Rule, Integer> counts() {
        return counts;
    }

    public int count(Rule rule) {
        return counts.getOrDefault(rule, 0);
    }

    public int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The first ones of each rule. */
    public List<Violation> kept() {
        return kept;
    }
}
