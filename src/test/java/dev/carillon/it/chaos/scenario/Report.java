package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.check.Checker;
import dev.carillon.it.chaos.check.Rule;
import dev.carillon.it.chaos.check.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/**
 * What came of a run, to read and as figures.
 *
 * @param perSecond publish-to-receive times on live connections, in microseconds, by the second of the run
 */
public record Report(
        Scenario scenario,
        long seed,
        Size size,
        Stage stage,
        Checker.Verdict verdict,
        SortedMap<Integer, Histogram> perSecond) {
    private static final double MICROS_PER_MS = 1000;

    /** Whether all promises and bounds were kept. */
    public boolean isGood() {
        return verdict.findings().total() == 0 && stage.failures().isEmpty();
    }

    /** What was done when, a line each. */
    public List<String> journal() {
        return stage.journal();
    }

    /** Bounds of the scenario that were not kept. */
    public List<String> failures() {
        return stage.failures();
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        line(text, "");
        line(text, "%s, seed %d: %s", scenario.name(), seed, isGood() ? "all promises kept" : "BROKEN");
        line(text, "  %s", scenario.about());
        line(
                text,
                "  %d nodes, %d subscribers, %d publishers, %d channels, %d s of load",
                size.nodes(),
                size.subscribers(),
                size.publishers(),
                size.channels(),
                size.load().toSeconds());
        verdict.counts().toMap().forEach((name, value) -> line(text, "  %-28s %s", name, value));
        stage.figures().forEach((name, value) -> line(text, "  %-28s %s", name, value));
        latencies(text);
        for (Map.Entry<Rule, Integer> broken : verdict.findings().counts().entrySet()) {
            Rule rule = broken.getKey();
            line(text, "VIOLATED %d times: %s, %s", broken.getValue(), rule, rule.promise());
            verdict.findings().kept().stream()
                    .filter(violation -> violation.rule() == rule)
                    .forEach(violation -> line(text, "    %s", violation));
        }
        stage.failures().forEach(bound -> line(text, "OUT OF BOUNDS: %s", bound));
        return text.toString();
    }

    private void latencies(StringBuilder text) {
        line(text, "  publish to receive, by second: messages, p50, p99, max in ms");
        perSecond.forEach((second, times) -> line(
                text,
                "    %4d s %8d %9.1f %9.1f %9.1f",
                second,
                times.getTotalCount(),
                times.getValueAtPercentile(50) / MICROS_PER_MS,
                times.getValueAtPercentile(99) / MICROS_PER_MS,
                times.getMaxValue() / MICROS_PER_MS));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    public JsonObject json() {
        JsonObject promises = new JsonObject();
        verdict.findings().counts().forEach((rule, count) -> promises.put(rule.name(), count));
        JsonArray seconds = new JsonArray();
        perSecond.forEach((second, times) -> seconds.add(new JsonObject()
                .put("second", second)
                .put("messages", times.getTotalCount())
                .put("p50_us", times.getValueAtPercentile(50))
                .put("p99_us", times.getValueAtPercentile(99))
                .put("max_us", times.getMaxValue())));
        return new JsonObject()
                .put("scenario", scenario.name())
                .put("seed", seed)
                .put("good", isGood())
                .put("nodes", size.nodes())
                .put("subscribers", size.subscribers())
                .put("publishers", size.publishers())
                .put("channels", size.channels())
                .put("load_seconds", size.load().toSeconds())
                .put("counts", new JsonObject(verdict.counts().toMap()))
                .put("figures", new JsonObject(Map.copyOf(stage.figures())))
                .put("violations", promises)
                .put(
                        "evidence",
                        new JsonArray(verdict.findings().kept().stream()
                                .map(Violation::toString)
                                .toList()))
                .put("out_of_bounds", new JsonArray(List.copyOf(stage.failures())))
                .put("journal", new JsonArray(List.copyOf(stage.journal())))
                .put("publish_to_receive", seconds);
    }
}
