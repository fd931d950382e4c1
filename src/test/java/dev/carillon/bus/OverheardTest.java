package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverheardTest {
    private static final long NOW = 1_000_000;

    private final Overheard overheard = new Overheard(5, Duration.ofSeconds(30));

    @Test
    void whatThePublisherLeftIsMissingInTheOrderItCame() {
        hear("1", "2", "3", "4");

        assertThat(overheard.missingFrom(List.of(published("2"), published("1")), true))
                .containsExactly(Payload.json("3"), Payload.json("4"));
    }

    @Test
    void equalMessagesAreCounted() {
        hear("1", "1", "1");

        assertThat(overheard.missingFrom(List.of(published("1")), true)).hasSize(2);
    }

    @Test
    void anOldPublicationWithTheSameDataIsAnother() {
        hear("1");

        assertThat(overheard.missingFrom(List.of(published("1", null, NOW - 60_000)), true))
                .hasSize(1);
    }

    @Test
    void aUsersPublicationWithTheSameDataIsAnother() {
        hear("1");

        assertThat(overheard.missingFrom(List.of(published("1", "ann", NOW)), true))
                .hasSize(1);
    }

    @Test
    void whatIsOlderThanAFullPageCountsAsPublished() {
        overheard.add(Payload.json("1"), NOW);
        overheard.add(Payload.json("2"), NOW + 2000);

        assertThat(overheard.missingFrom(List.of(published("9", null, NOW + 1000)), false))
                .containsExactly(Payload.json("2"));
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() {
        hear("1", "2", "3", "4", "5", "6");

        assertThat(overheard.missingFrom(List.of(), true)).hasSize(5).doesNotContain(Payload.json("1"));
    }

    @Test
    void theOldestGoesWhenTheyAreTooLarge() {
        String large = "\"" + "x".repeat(Overheard.MAX_BYTES / 2) + "\"";
        hear(large, large, "3");

        assertThat(overheard.missingFrom(List.of(), true)).hasSize(2);
    }

    @Test
    void theOldAreForgotten() {
        hear("1");
        overheard.dropOld(NOW + 30_001);

        assertThat(overheard.isEmpty()).isTrue();
    }

    @Test
    void withoutHistoryNothingIsRemembered() {
        Overheard none = new Overheard(0, Duration.ofSeconds(30));
        none.add(Payload.json("1"), NOW);

        assertThat(none.isEmpty()).isTrue();
    }

    private void hear(String... data) {
        for (String json : data) {
            overheard.add(Payload.json(json), NOW);
        }
    }

    private static Publication published(String data) {
        return published(data, null, NOW);
    }

    private static Publication published(String data, String userId, long atMillis) {
        return new Publication(
                new ChannelName("feed"), new StreamPosition("e1", 1), Payload.json(data), userId, atMillis);
    }
}
