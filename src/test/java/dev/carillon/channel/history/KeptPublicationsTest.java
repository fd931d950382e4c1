package dev.carillon.channel.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptPublicationsTest {
    private static final ChannelName CHANNEL = new ChannelName("feed");

    private final KeptPublications kept = new KeptPublications();

    /** What must be there, oldest first. */
    private final List<Publication> expected = new ArrayList<>();

    private long offset;

    @Test
    void allThatAPublicationHasComesBack() {
        add(new Draft(Payload.json("{\"a\":1}"), "älice", "key", 1_700_000_000_123L, "00-trace-01"));
        add(new Draft(Payload.binary("{\"m\":2}".getBytes(), new byte[] {0, -1, 127}), "bob", null, 5));
        add(new Draft(Payload.binary("null".getBytes(), new byte[0]), null, null, 0, "00-other-01"));
        add(new Draft(Payload.json(""), "", null, -1));

        assertThat(kept.read(0, 4, CHANNEL, new StreamPosition("e1", offset))).isEqualTo(expected);
        assertThat(kept.firstMillis()).isEqualTo(1_700_000_000_123L);
    }

    /** Any of sizes, with histories that fit one array, need many, or hardly hold one publication. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50, 400})
    void whateverIsAddedAndDroppedTheRestIsThere(int most) {
        Random random = new Random(most);
        for (int turn = 0; turn < 3_000; turn++) {
            int drop = random.nextInt(200) == 0 ? expected.size() : Math.max(0, expected.size() - most + 1);
            drop(drop);
            add(draft(random));
            int skip = random.nextInt(expected.size() + 1);
            int count = random.nextInt(expected.size() - skip + 1);

            assertThat(kept.size()).isEqualTo(expected.size());
            assertThat(kept.firstMillis()).isEqualTo(expected.get(0).timestampMillis());
            assertThat(kept.read(skip, count, CHANNEL, new StreamPosition("e1", offset)))
                    .isEqualTo(expected.subList(skip, skip + count));
        }
        assertThat(kept.read(0, kept.size(), CHANNEL, new StreamPosition("e1", offset)))
                .isEqualTo(expected);
    }

    @Test
    void whatWasReadStaysAsItWas() {
        add(new Draft(Payload.json("\"first\""), "alice", null, 1));
        List<Publication> read = kept.read(0, 1, CHANNEL, new StreamPosition("e1", 1));
        drop(1);
        add(new Draft(Payload.json("\"other\""), "bobby", null, 2));

        assertThat(read.get(0).data()).isEqualTo(Payload.json("\"first\""));
        assertThat(read.get(0).userId()).isEqualTo("alice");
    }

    @Test
    void thereIsNoOldestOfNone() {
        assertThatThrownBy(kept::firstMillis).isInstanceOf(IllegalStateException.class);
        add(new Draft(Payload.NULL, null, null, 1));
        kept.removeFirst();

        assertThatThrownBy(kept::removeFirst).isInstanceOf(IllegalStateException.class);
    }

    private void add(Draft draft) {
        kept.add(draft);
        expected.add(Publication.of(CHANNEL, new StreamPosition("e1", ++offset), draft));
    }

    private void drop(int count) {
        for (int i = 0; i < count; i++) {
            kept.removeFirst();
        }
        expected.subList(0, count).clear();
    }

    private static Draft draft(Random random) {
        int size = random.nextInt(20) == 0 ? random.nextInt(3 * KeptPublications.SEGMENT_BYTES) : random.nextInt(300);
        byte[] content = new byte[size];
        random.nextBytes(content);
        Payload data = random.nextInt(4) == 0 ? Payload.binary("{\"n\":1}".getBytes(), content) : Payload.json(content);
        return new Draft(
                data,
                random.nextBoolean() ? "user-" + random.nextInt(1000) : null,
                null,
                random.nextLong(),
                random.nextInt(5) == 0 ? "00-" + random.nextInt() + "-01" : null);
    }
}
