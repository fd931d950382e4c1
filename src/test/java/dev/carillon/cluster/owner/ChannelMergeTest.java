package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.merge.MergingValue;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.presence.Member;
import dev.carillon.presence.UserSession;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChannelMergeTest {
    private static final Retention KEEP = new Retention(5, 600_000, 5_000);
    private static HazelcastInstance member;

    private final ChannelMerge merge = new ChannelMerge();
    private Instant now = Instant.ofEpochMilli(10_000);

    @BeforeAll
    static void start() {
        Config config = new Config().setClusterName("merge-" + System.nanoTime());
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().setPort(0);
        member = Hazelcast.newHazelcastInstance(config);
    }

    @AfterAll
    static void stop() {
        member.shutdown();
    }

    @Test
    void whatTheLargerPartHasStaysAsItIs() {
        prepare();
        ChannelState larger = channel("e2", 2);
        ChannelState smaller = channel("e1", 4);

        assertThat(merge.merge(value(smaller), value(larger))).isSameAs(larger);
        assertThat(position(larger)).isEqualTo(new StreamPosition("e2", 2));
    }

    @Test
    void whatOnlyTheSmallerPartHadComesBackWithItsStreamAlone() {
        prepare();
        ChannelState taken = merge.merge(value(channel("e1", 4)), null);

        assertThat(taken).isNotNull();
        assertThat(position(taken)).isEqualTo(new StreamPosition("e1", 4));
        assertThat(taken.nodes()).isEmpty();
        assertThat(taken.members().members()).isEmpty();
    }

    @Test
    void whatTheLargerPartMayHaveSweptOutDoesNotComeBack() {
        prepare();
        now = now.plusMillis(KEEP.ttlMillis() + 1);
        assertThat(merge.merge(value(channel("e1", 4)), null)).isNull();
    }

    @Test
    void aMemberThatKnowsNoNamespacesTakesNothingOver() {
        assertThat(merge.merge(value(channel("e1", 4)), null)).isNull();
    }

    @Test
    void ofUsersOnlyWhatTheLargerPartKnowsIsBelieved() {
        UserEntry known = new UserEntry();
        UserEntry other = new UserEntry();
        var unused = other.connect(new UserSession("s", "n", "", "websocket", 1), 1, "{}", 5, 2);

        assertThat(new UserMerge().merge(value(other), value(known))).isSameAs(known);
        assertThat(new UserMerge().merge(value(other), null)).isNull();
    }

    private void prepare() {
        ChannelMerge.prepare(member, () -> Map.of("feed", KEEP), () -> now);
        merge.setHazelcastInstance(member);
    }

    private static ChannelState channel(String epoch, int count) {
        Map.Entry<String, ChannelState> entry = new AbstractMap.SimpleEntry<>("feed", null);
        new Subscribe("n1", 1, null, 10, KEEP, epoch, 10_000, true, null).process(entry);
        new Join(new Member("alice", "s1", "{}", 10_000, "n1"), 1, "p1", false).process(entry);
        for (int i = 1; i <= count; i++) {
            new Append("n1/0", i, List.of(new Draft(Payload.json("1"), null, null, 10_000)), KEEP, epoch)
                    .process(entry);
        }
        return entry.getValue();
    }

    private static StreamPosition position(ChannelState state) {
        return java.util.Objects.requireNonNull(state.stream()).position();
    }

    private static <V> MergingValue<V> value(V value) {
        return new MergingValue<>() {
            @Override
            public V getValue() {
                return value;
            }

            @Override
            public @Nullable Object getRawValue() {
                return value;
            }
        };
    }
}
