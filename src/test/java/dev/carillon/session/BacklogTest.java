package dev.carillon.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Gap;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.SharedEvent;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Turns;
import dev.carillon.channel.WireForm;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import dev.carillon.testing.Continuity;
import dev.carillon.testing.TransportServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BacklogTest {
    private static final int ROOM = 32 * 1024;
    private static final int MESSAGES = TransportServer.MAX_BACKLOG_MESSAGES;
    private static final int EVERYTHING = Integer.MAX_VALUE;

    /** {@code channel:offset}, or {@code channel-missed@offset} for a gap; padded where a test needs size. */
    private static final WireForm FORM = BacklogTest::show;

    private final Map<String, Long> offsets = new HashMap<>();
    private final Counts counts = new Counts();
    private final Backlog backlog = new Backlog(TransportServer.slow(TransportServer.limits(1024, 10, 10), counts));

    private static final class Counts implements SlowConsumerListener {
        int gaps;
        int dropped;

        @Override
        public void gap(String namespace) {
            gaps++;
        }

        @Override
        public void dropped(String namespace) {
            dropped++;
        }
    }

    private static byte[] show(ChannelEvent event) {
        if (event instanceof Gap gap) {
            return (gap.channel() + "-" + gap.missed() + "@" + gap.last().offset()).getBytes(UTF_8);
        } else if (event instanceof PresenceChange change) {
            return (change.channel() + "+" + change.version()).getBytes(UTF_8);
        }
        Publication publication = (Publication) event;
        String head = publication.channel() + "=" + publication.offset();
        int pad = publication.data().isBinary() ? publication.data().bytes().length - head.length() : 0;
        return (head + " ".repeat(Math.max(0, pad))).getBytes(UTF_8);
    }

    @Test
    void whatFitsComesOutAsItWentIn() {
        assertThat(publish("feed", 3)).isTrue();
        assertThat(publish("drop", 2)).isTrue();
        assertThat(backlog.add("reply".getBytes(UTF_8))).isTrue();

        assertThat(take(EVERYTHING)).containsExactly("reply", "feed=1", "feed=2", "feed=3", "drop=1", "drop=2");
        assertThat(backlog.isEmpty()).isTrue();
        assertThat(backlog.bytes()).isZero();
        assertThat(counts.dropped + counts.gaps).isZero();
    }

    @Test
    void framesAreThoseOfTheTurnAndNotCopies() {
        List<SharedEvent> events = Turns.shared(List.of(publication("feed", Payload.NULL)));
        byte[] encoded = Turns.of(FORM, events).frames().get(0);
        assertThat(backlog.add(Turns.of(FORM, events))).isTrue();

        List<byte[]> frames = new ArrayList<>();
        backlog.take(EVERYTHING, FORM, frames);
        assertThat(frames.get(0)).isSameAs(encoded);
    }

    @Test
    void theOldestAreDroppedAndMarkedBeforeTheFirstThatIsShown() {
        assertThat(publish("drop", MESSAGES + 12)).isTrue();

        List<String> out = take(EVERYTHING);
        assertThat(out)
                .hasSize(1 + MESSAGES)
                .startsWith("drop-12@12", "drop=13")
                .endsWith("drop=" + (MESSAGES + 12));
        assertThat(counts.dropped).isEqualTo(12);
        assertThat(counts.gaps).isEqualTo(1);
    }

    @Test
    void aMarkIsSentOnceAndALaterDropIsMarkedAnew() {
        publish("drop", MESSAGES + 1);
        assertThat(take(1)).containsExactly("drop-1@1", "drop=2");
        publish("drop", 3);

        assertThat(take(EVERYTHING))
                .startsWith("drop-2@4", "drop=5")
                .doesNotContain("drop-1@1")
                .hasSize(1 + MESSAGES);
    }

    @Test
    void ofEachKeyTheLatestIsKeptInItsPlaceAndEveryHoleIsMarked() {
        publishKey("latest", "a"); // 1
        publishKey("latest", "b"); // 2
        publishKey("latest", "c"); // 3
        publishKey("latest", "b"); // 4
        publishKey("latest", "d"); // 5
        publishKey("latest", "c"); // 6
        publishKey("latest", "c"); // 7

        assertThat(take(EVERYTHING))
                .containsExactly("latest=1", "latest-2@3", "latest=4", "latest=5", "latest-1@6", "latest=7");
        assertThat(counts.dropped).isEqualTo(3);
    }

    @Test
    void whatWasShownIsNoOlderVersionOfWhatComesNext() {
        publishKey("latest", "a");
        assertThat(take(EVERYTHING)).containsExactly("latest=1");
        publishKey("latest", "a");
        assertThat(take(EVERYTHING)).containsExactly("latest=2");
    }

    @Test
    void moreKeysThanMayWaitDropTheOldest() {
        for (int i = 0; i < MESSAGES + 5; i++) {
            publishKey("latest", "k" + i);
        }
        publishKey("latest", "k" + 3); // its older version is gone already
        assertThat(take(EVERYTHING)).hasSize(1 + MESSAGES).startsWith("latest-6@6", "latest=7");
    }

    @Test
    void whatMayNotBeDroppedEndsTheConnectionWhenThereIsNoRoom() {
        int fits = ROOM / (1000 + ChannelBacklog.PLACE_BYTES);
        for (int i = 0; i < fits; i++) {
            assertThat(publishSized("feed", 1000)).as("message %s", i).isTrue();
        }
        assertThat(publishSized("feed", 1000)).isFalse();
    }

    @Test
    void aKeyCountsWithWhatWaits() {
        publishKey("drop", "k1");
        long place = backlog.bytes();
        publishKey("latest", "k1");

        assertThat(backlog.bytes()).isGreaterThan(2 * place + ChannelBacklog.KEY_BYTES);
    }

    @Test
    void aFrameForThisClientAloneIsNeverDropped() {
        publishSized("drop", 1000);
        int fits = ROOM / (1000 + ChannelBacklog.PLACE_BYTES);
        for (int i = 0; i < fits; i++) {
            assertThat(backlog.add(new byte[1000])).isTrue();
        }
        assertThat(counts.dropped).as("room was made for them").isEqualTo(1);
        assertThat(backlog.add(new byte[1000])).isFalse();
    }

    @Test
    void joinsAndLeavesAreNeverDroppedAndKeepTheirPlace() {
        publish("drop", 2);
        add(new PresenceChange(new ChannelName("drop"), "e", 7, true, new Member("u", "s", "{}", 0, "n")));
        publish("drop", MESSAGES);

        assertThat(take(EVERYTHING)).startsWith("drop-2@2", "drop+7", "drop=3").hasSize(2 + MESSAGES);
    }

    @Test
    void roomIsMadeWhereMostWaits() {
        publishSized("feed", 10_000);
        publishSized("drop:small", 100);
        for (int i = 0; i < 15; i++) {
            publishSized("drop:loud", 4_000);
        }
        publishSized("feed", 5_000);

        List<String> out = take(EVERYTHING);
        assertThat(out).filteredOn(frame -> frame.startsWith("feed")).hasSize(2);
        assertThat(out).contains("drop:small=1").doesNotContain("drop:small-1@1");
        assertThat(out).anyMatch(frame -> frame.startsWith("drop:loud-"));
    }

    @Test
    void whatIsLargerThanAllTheRoomIsDroppedAndToldOf() {
        assertThat(publishSized("drop", ROOM + 1)).isTrue();
        assertThat(backlog.bytes()).isZero();
        assertThat(take(EVERYTHING)).containsExactly("drop-1@1");
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void channelsTakeTurns() {
        for (int i = 0; i < 4; i++) {
            publishSized("feed", Backlog.TURN_BYTES - 100);
            publishSized("drop", 1000);
        }
        assertThat(take(EVERYTHING))
                .containsExactly("feed=1", "feed=2", "drop=1", "drop=2", "drop=3", "drop=4", "feed=3", "feed=4");
    }

    @Test
    void aSliceEndsOnceItIsFull() {
        for (int i = 0; i < 8; i++) {
            publishSized("feed", 1000);
        }
        assertThat(take(2_500)).containsExactly("feed=1", "feed=2", "feed=3");
        assertThat(take(1)).containsExactly("feed=4");
        assertThat(take(EVERYTHING)).hasSize(4);
    }

    @Test
    void aChannelThatIsLeftIsForgottenWithItsGaps() {
        publish("drop", MESSAGES + 3);
        publish("feed", 1);
        backlog.leave(new ChannelName("drop"));
        backlog.leave(new ChannelName("other"));

        assertThat(take(EVERYTHING)).containsExactly("feed=1");
        assertThat(backlog.bytes()).isZero();
    }

    @Test
    void anEphemeralGapHasNoPosition() {
        for (int i = 0; i < MESSAGES + 4; i++) {
            add(new Publication(new ChannelName("drop"), StreamPosition.NONE, Payload.NULL, null, 0));
        }
        assertThat(take(1).get(0)).isEqualTo("drop-4@0");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappensNothingIsMissedSilentlyAndTheBoundsHold(long seed) {
        Random random = new Random(seed);
        List<String> channels = List.of("drop:a", "drop:b", "latest:a", "latest:b");
        Map<String, Continuity> seen = new HashMap<>();
        channels.forEach(channel -> seen.put(channel, new Continuity(0)));
        for (int step = 0; step < 20_000; step++) {
            String channel = channels.get(random.nextInt(channels.size()));
            switch (random.nextInt(8)) {
                case 0 -> take(random.nextInt(3_000)).forEach(frame -> follow(seen, frame));
                case 1 ->
                    assertThat(publishSized(channel, 200 + random.nextInt(6_000)))
                            .isTrue();
                case 2 -> take(random.nextInt(100)).forEach(frame -> follow(seen, frame));
                default ->
                    assertThat(publishKey(channel, "k" + random.nextInt(30))).isTrue();
            }
            assertThat(backlog.bytes()).isBetween(0L, (long) ROOM);
        }
        take(EVERYTHING).forEach(frame -> follow(seen, frame));

        assertThat(backlog.isEmpty()).isTrue();
        assertThat(backlog.bytes()).isZero();
        channels.forEach(channel -> assertThat(seen.get(channel).position()).isEqualTo(offsets.get(channel)));
        assertThat(seen.values().stream().mapToLong(Continuity::missed).sum())
                .isEqualTo(counts.dropped)
                .isPositive();
        assertThat(seen.values().stream().mapToLong(Continuity::gaps).sum()).isEqualTo(counts.gaps);
    }

    private static void follow(Map<String, Continuity> seen, String frame) {
        int at = frame.indexOf('@');
        if (at < 0) {
            String[] parts = frame.split("=");
            seen.get(parts[0]).message(Long.parseLong(parts[1]));
        } else {
            int dash = frame.indexOf('-');
            seen.get(frame.substring(0, dash))
                    .gap(Long.parseLong(frame.substring(dash + 1, at)), Long.parseLong(frame.substring(at + 1)));
        }
    }

    private List<String> take(int maxBytes) {
        List<byte[]> frames = new ArrayList<>();
        backlog.take(maxBytes, FORM, frames);
        return frames.stream().map(frame -> new String(frame, UTF_8).strip()).toList();
    }

    private boolean publish(String channel, int count) {
        boolean fits = true;
        for (int i = 0; i < count; i++) {
            fits &= add(publication(channel, Payload.NULL));
        }
        return fits;
    }

    private boolean publishKey(String channel, String key) {
        return add(publication(channel, Payload.json("{\"k\":\"" + key + "\"}")));
    }

    /** A frame of so many bytes, with a key of its own. */
    private boolean publishSized(String channel, int bytes) {
        String meta = "{\"k\":" + (offsets.getOrDefault(channel, 0L) + 1) + "}";
        return add(publication(channel, Payload.binary(meta.getBytes(UTF_8), new byte[bytes])));
    }

    private Publication publication(String channel, Payload data) {
        long offset = offsets.merge(channel, 1L, Long::sum);
        return new Publication(new ChannelName(channel), new StreamPosition("e", offset), data, null, 0);
    }

    private boolean add(ChannelEvent event) {
        return backlog.add(Turns.of(FORM, Turns.shared(List.of(event))));
    }
}
