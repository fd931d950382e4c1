package dev.carillon.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.api.HttpNode;
import dev.carillon.channel.Drift;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.LinkListener;
import dev.carillon.channel.PublisherListener;
import dev.carillon.channel.Reasserted;
import dev.carillon.config.NamespaceSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an operator reads at {@code /metrics}, and what the documents say can be read there. */
@Timeout(60)
class MetricsTest {
    private static final Pattern NAME = Pattern.compile("carillon_[a-z_]*[a-z]");

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    /** Documents name it, but it is no meter. */
    private static final Set<String> COOKIES = Set.of("carillon_access");

    /** Names that documents give with a star at their end. */
    private static final Set<String> FAMILIES = Set.of("carillon_slow");

    private final Metrics metrics = new Metrics(Map.of("feed", NamespaceSettings.DEFAULTS));
    private final HttpNode node =
            new HttpNode(Vertx.vertx(), router -> metrics.routes().mount(router));

    @AfterEach
    void stop() {
        node.close();
        metrics.close();
    }

    @Test
    void everyMeterThatTheDocumentsNameIsThereFromTheStart() {
        var unused = metrics.hubs(frames -> {}, () -> NOW);
        metrics.links().wentRound("n2", 1);
        metrics.watch(new StandingStill());
        String scraped = scrape();

        Set<String> named = new TreeSet<>();
        List<Path> documents = new ArrayList<>(List.of(
                Path.of("README.md"),
                Path.of("src/docs/metrics.md"),
                Path.of("src/docs/operations.md"),
                Path.of("src/docs/reliability.md")));
        for (Path document : documents) {
            Matcher names = NAME.matcher(read(document));
            while (names.find()) {
                named.add(names.group());
            }
        }
        assertThat(named).hasSizeGreaterThan(20);
        named.removeAll(COOKIES);
        assertThat(named)
                .allSatisfy(name -> assertThat(scraped)
                        .containsPattern(
                                "(?m)^" + name + (FAMILIES.contains(name) ? "_" : "(_count|_max|_bucket|\\{| )")));
    }

    @Test
    void linksHubsAndPublishersAreCountedAsTheyReport() {
        LinkListener links = metrics.links();
        links.queued(500);
        links.queued(-200);
        links.dropped(7);
        links.holeSeen();
        links.addressRenewed();
        links.wentRound("n2", 700);
        links.wentRound("n3", 700);
        links.forgotten("n3");
        HubListener hub = metrics.hubs(frames -> {}, () -> NOW);
        hub.delivered("feed", 40);
        hub.delivered("feed", 2);
        hub.delivered("stranger", 1);
        hub.written(NOW.minusMillis(30).toEpochMilli());
        hub.written(NOW.minusMillis(30).toEpochMilli());
        hub.heldBack(3);
        hub.holeFilled();
        hub.drifted(Drift.Kind.BEHIND);
        hub.positionLost(4);
        hub.reasserted(new Reasserted(10, 1, 0));
        hub.reasserted(new Reasserted(10, 1, 2));
        PublisherListener publisher = metrics.publishers();
        publisher.waiting(5, 1_000);
        publisher.waiting(-2, -400);
        publisher.appendRepeated();
        publisher.appended(3, 250);
        publisher.refused(PublisherListener.Refusal.TIMEOUT, 6);

        assertThat(scrape().lines())
                .contains(
                        "carillon_link_queued_bytes 300.0",
                        "carillon_link_dropped_events_total 7.0",
                        "carillon_link_holes_total 1.0",
                        "carillon_link_renewals_total 1.0",
                        "carillon_link_round_trip_seconds_bucket{node=\"n2\",le=\"5.0E-4\"} 0",
                        "carillon_link_round_trip_seconds_bucket{node=\"n2\",le=\"0.001\"} 1",
                        "carillon_deliveries_frames_total{namespace=\"feed\"} 42.0",
                        "carillon_deliveries_frames_total{namespace=\"other\"} 1.0",
                        "carillon_publish_to_write_seconds_bucket{le=\"0.02\"} 0",
                        "carillon_publish_to_write_seconds_bucket{le=\"0.05\"} 1",
                        "carillon_publish_to_write_seconds_count 1",
                        "carillon_publications_held_sum 3.0",
                        "carillon_holes_filled_total 1.0",
                        "carillon_drifts_total{kind=\"behind\"} 1.0",
                        "carillon_positions_lost_subscriptions_total 4.0",
                        "carillon_reassertions_total{outcome=\"complete\"} 1.0",
                        "carillon_reassertions_total{outcome=\"incomplete\"} 1.0",
                        "carillon_publisher_waiting 3.0",
                        "carillon_publisher_waiting_data_bytes 600.0",
                        "carillon_appends_repeated_total 1.0",
                        "carillon_appends_seconds_sum 0.25",
                        "carillon_append_publications_sum 3.0",
                        "carillon_publications_refused_total{reason=\"timeout\"} 6.0");
    }

    @Test
    void nothingIsToldOfANodeThatIsGone() {
        metrics.links().wentRound("n3", 700);
        assertThat(scrape()).contains("node=\"n3\"");

        metrics.links().forgotten("n3");

        assertThat(scrape()).doesNotContain("node=\"n3\"");
    }

    private String scrape() {
        return node.send(HttpMethod.GET, "/metrics", Map.of(), Buffer.buffer()).bodyAsString();
    }

    private static String read(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
