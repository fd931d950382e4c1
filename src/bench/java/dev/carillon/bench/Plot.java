package dev.carillon.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws the results of {@code scripts/bench}: {@code bench.json} becomes {@code bench.png} and {@code bench.html}. */
public final class Plot {
    private static final Map<String, Color> COLORS =
            Map.of("paced", new Color(0x4C78A8), "saturated", new Color(0xF58518));

    private Plot() {}

    /** @param args the folder with {@code bench.json} */
    public static void main(String[] args) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Path folder = Path.of(args[0]);
        JsonNode bench =
                new ObjectMapper().readTree(folder.resolve("bench.json").toFile());
        byte[] png = BitmapEncoder.getBitmapBytes(chart(bench), BitmapFormat.PNG);
        Files.write(folder.resolve("bench.png"), png);
        Files.writeString(folder.resolve("bench.html"), page(bench, png));
    }

    /** In times of the floor where that was measured, because machines differ; else in microseconds. */
    private static CategoryChart chart(JsonNode bench) {
        boolean hasFloor = bench.path("results").path(0).path("times_floor").isNumber();
        CategoryChart chart = new CategoryChartBuilder()
                .width(1100)
                .height(480)
                .title("CPU of the server for one delivery to one of " + bench.path("subscribers") + " subscribers")
                .yAxisTitle(hasFloor ? "× the floor's, logarithmic" : "µs, logarithmic")
                .build();
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setYAxisMin(hasFloor ? 0.9 : 0.1)
                .setYAxisDecimalPattern("#.##")
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLabelsVisible(true);
        for (String load : List.of("paced", "saturated")) {
            List<String> names = new ArrayList<>();
            List<Double> costs = new ArrayList<>();
            for (JsonNode result : bench.path("results")) {
                if (result.path("load").asText().equals(load)) {
                    names.add(result.path("contender").asText());
                    costs.add(result.path(hasFloor ? "times_floor" : "cpu_us_per_delivery")
                            .asDouble());
                }
            }
            chart.addSeries(load, names, costs).setFillColor(COLORS.get(load));
        }
        return chart;
    }

    private static String page(JsonNode bench, byte[] png) {
        StringBuilder rows = new StringBuilder();
        for (JsonNode result : bench.path("results")) {
            rows.append("<tr>");
            for (String column : List.of(
                    "contender",
                    "load",
                    "cpu_us_per_delivery",
                    "times_floor",
                    "times_stock",
                    "p99_ms",
                    "p999_ms",
                    "deliveries_per_second",
                    "lost",
                    "rss_mb")) {
                JsonNode value = result.path(column);
                rows.append("<td>")
                        .append(value.isNull() ? "–" : value.asText())
                        .append("</td>");
            }
            rows.append("</tr>\n");
        }
        return """
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Carillon's bench</title>
                <style>body{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}img{max-width:100%%}
                table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.3rem .7rem;text-align:right;border-bottom:1px solid #8884}
                td:first-child,th:first-child,td:nth-child(2),th:nth-child(2){text-align:left}</style>
                <h1>Fan-out</h1>
                <p>%s, %s. %s subscribers, one publisher, %s bytes of padding, %s s a run, medians of %s.
                Paced is %s publications a second; saturated, as fast as deliveries return.</p>
                <img alt="CPU per delivery of each contender" src="data:image/png;base64,%s">
                <table><tr><th>contender<th>load<th>CPU µs/delivery<th>× floor<th>× stock<th>p99 ms<th>p99.9 ms<th>deliveries/s<th>lost<th>RSS MB</tr>
                %s</table></html>
                """.formatted(
                        bench.path("at").asText(),
                        bench.path("processor").asText(),
                        bench.path("subscribers"),
                        bench.path("padding_bytes"),
                        bench.path("seconds"),
                        bench.path("runs"),
                        bench.path("rate"),
                        Base64.getEncoder().encodeToString(png),
                        rows);
    }
}
