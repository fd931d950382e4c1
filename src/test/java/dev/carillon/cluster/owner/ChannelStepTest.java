package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.presence.Member;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelStepTest {
    private static final Retention KEEP = new Retention(5, 10_000, 5_000);

    private final SerializationService serialization = new DefaultSerializationServiceBuilder().build();
    private final Map.Entry<String, ChannelState> owner = new AbstractMap.SimpleEntry<>("feed", null);
    private final Map.Entry<String, ChannelState> copy = new AbstractMap.SimpleEntry<>("feed", null);

    /** What a retry after an owner's death finds: the copy must be what the owner was. */
    @Test
    void ownerAndCopyComeToTheSameWhateverTheSteps() {
        for (int seed = 0; seed < 50; seed++) {
            owner.setValue(new ChannelState());
            copy.setValue(new ChannelState());
            for (ChannelStep step : steps(new Random(seed))) {
                byte[] told = step.process(owner);
                ChannelStep arrived = overTheWire(step);
                assertThat(arrived.process(copy)).isEqualTo(told);
            }
            assertThat(bytes(copy.getValue())).as("seed %d", seed).isEqualTo(bytes(owner.getValue()));
        }
    }

    @Test
    void aStateThatMovedToAnotherNodeGoesOnAsTheOldOne() {
        for (ChannelStep step : steps(new Random(7))) {
            step.process(owner);
        }
        ChannelState before = owner.getValue();
        copy.setValue(overTheWire(before));

        assertThat(bytes(copy.getValue())).isEqualTo(bytes(before));
        ChannelStep next = new Append("n1/0", 1_000, drafts(3, 9_000), KEEP, "never");
        assertThat(next.process(copy)).isEqualTo(next.process(owner));
    }

    @Test
    void anAppendThatIsRepeatedAfterAnOwnersDeathHappensOnce() {
        ChannelStep append = new Append("n1/0", 1, drafts(2, 0), KEEP, "e1");
        byte[] first = append.process(owner);
        byte[] again = append.process(owner);

        assertThat(again).isEqualTo(first);
        assertThat(position()).isEqualTo(new StreamPosition("e1", 2));
    }

    @Test
    void aLaterUnsubscribeEndsTheRoutingAndAnEarlierOneDoesNot() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0).process(owner);
        new Unsubscribe("n1", 4, 0).process(owner);
        assertThat(owner.getValue().nodes()).containsExactly("n1");

        new Unsubscribe("n1", 6, 0).process(owner);
        assertThat(owner.getValue().nodes()).isEmpty();
    }

    @Test
    void aDeadNodeLeavesNothingBehind() {
        new Subscribe("n1", 1, null, 10, KEEP, "e1", 0).process(owner);
        new Append("n1/0", 1, drafts(1, 0), KEEP, "e1").process(owner);
        new Join(new Member("alice", "s1", "{}", 0, "n1")).process(owner);
        new Join(new Member("bob", "s2", "{}", 0, "n2")).process(owner);

        byte[] leaves = new DropNode("n1", 1).process(owner);

        assertThat(leaves).isNotNull();
        assertThat(owner.getValue().knows("n1")).isFalse();
        assertThat(owner.getValue().members().members())
                .extracting(Member::sessionId)
                .containsExactly("s2");
        assertThat(new DropNode("n1", 2).process(owner)).isNull();
    }

    @Test
    void aChannelIsForgottenOnlyWhenNobodyCouldAskForAnythingOfIt() {
        new Append("n1/0", 1, drafts(1, 0), KEEP, "e1").process(owner);
        Map<String, Retention> retentions = Map.of("feed", KEEP);

        new Sweep(retentions, 10_000).process(owner);
        assertThat(owner.getValue()).as("its history is still kept").isNotNull();

        new Subscribe("n1", 1, null, 10, KEEP, "e2", 10_001).process(owner);
        new Sweep(retentions, 30_000).process(owner);
        assertThat(owner.getValue()).as("a node has subscribers").isNotNull();

        new Unsubscribe("n1", 2, 30_000).process(owner);
        new Sweep(retentions, 35_000).process(owner);
        assertThat(owner.getValue())
                .as("who just left may come back with its position")
                .isNotNull();

        new Sweep(retentions, 40_001).process(owner);
        assertThat(owner.getValue()).isNull();
    }

    private StreamPosition position() {
        byte[] page = new ReadPage(null, 1, false, KEEP, 0).process(owner);
        Unpacker unpacker = new Unpacker(java.util.Objects.requireNonNull(page));
        return new StreamPosition(unpacker.text(), unpacker.number());
    }

    private static List<ChannelStep> steps(Random random) {
        List<ChannelStep> steps = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 60; i++) {
            now += random.nextInt(400);
            String node = "n" + random.nextInt(3);
            steps.add(
                    switch (random.nextInt(8)) {
                        case 0, 1, 2 ->
                            new Append(
                                    node + "/0", random.nextInt(40), drafts(random.nextInt(4) + 1, now), KEEP, "e" + i);
                        case 3 ->
                            new Subscribe(node, i, new StreamPosition("e0", random.nextInt(5)), 3, KEEP, "e" + i, now);
                        case 4 -> new Unsubscribe(node, i, now);
                        case 5 -> new Join(new Member("u" + i, "s" + random.nextInt(6), "{}", now, node));
                        case 6 -> new Leave("s" + random.nextInt(6), now);
                        default -> new DropNode(node, now);
                    });
        }
        return steps;
    }

    private static List<Draft> drafts(int count, long at) {
        List<Draft> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Payload data =
                    i % 2 == 0 ? Payload.json("{\"n\":" + i + "}") : Payload.binary("{}".getBytes(), new byte[] {1});
            drafts.add(new Draft(data, i % 3 == 0 ? null : "alice", i % 2 == 0 ? "k" + i : null, at));
        }
        return drafts;
    }

    private <T> T overTheWire(T object) {
        return serialization.toObject(serialization.toData(object));
    }

    private byte[] bytes(ChannelState state) {
        return serialization.toData(state).toByteArray();
    }
}
