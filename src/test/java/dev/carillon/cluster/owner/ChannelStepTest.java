package dev.carillon.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.map.EntryProcessor;
import dev.carillon.channel.Changes;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Drift;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChannelStepTest {
    private static final ChannelName FEED = new ChannelName("feed");
    private static final Retention KEEP = new Retention(5, 10_000, 5_000);

    private final SerializationService serialization = new DefaultSerializationServiceBuilder().build();
    private final Map.Entry<String, ChannelState> owner = new AbstractMap.SimpleEntry<>("feed", null);
    private final Map.Entry<String, ChannelState> copy = new AbstractMap.SimpleEntry<>("feed", null);

    /** What a retry after an owner's death finds: the copy must be what the owner was. */
    @Test
    void ownerAndCopyComeToTheSameWhateverTheSteps() {
        for (int seed = 0; seed < 50; seed++) {
            owner.setValue(null);
            copy.setValue(null);
            for (ChannelStep step : steps(new Random(seed))) {
                byte[] told = step.process(owner);
                assertThat(onTheCopy(step)).isEqualTo(told);
            }
            assertThat(bytes(copy.getValue())).as("seed %d", seed).isEqualTo(bytes(owner.getValue()));
        }
    }

    /** The other offsets that it would give would be believed once its owner is gone. */
    @Test
    void aCopyThatMissedAStepTakesNoneUntilItHasWhatTheOwnerHas() {
        byte[] first = new Append("n1/0", 1, drafts(1, 0), KEEP, "e1").process(owner);
        ChannelStep second = new Append("n2/0", 1, drafts(1, 0), KEEP, "e2");
        second.process(owner);

        assertThatThrownBy(() -> onTheCopy(second)).isInstanceOf(StaleCopyException.class);
        assertThat(copy.getValue()).isNull();
        byte[] repeated = second.process(owner);
        assertThatThrownBy(() -> onTheCopy(second)).isInstanceOf(StaleCopyException.class);

        copy.setValue(overTheWire(owner.getValue()));
        assertThat(second.process(owner)).isEqualTo(repeated).isNotEqualTo(first);
        assertThat(onTheCopy(second)).isEqualTo(repeated);
        assertThat(bytes(copy.getValue())).isEqualTo(bytes(owner.getValue()));
    }

    /** What no copy has may be undone; who was told of it would be told something else at the same offset later. */
    @Test
    void whatIsReadIsWhatEveryCopyHas() {
        Append append = new Append("n1/0", 1, drafts(1, 0), KEEP, "e1");
        append.process(owner);
        byte[] before = bytes(owner.getValue());
        for (ChannelStep read : List.of(new ReadPage(null, 10, false, KEEP, 0), new ReadMembers())) {
            assertThat(read.process(owner)).isNotNull();
            assertThatThrownBy(() -> onTheCopy(read)).isInstanceOf(StaleCopyException.class);
        }
        assertThat(bytes(owner.getValue())).isEqualTo(before);

        copy.setValue(overTheWire(owner.getValue()));
        ChannelStep read = new ReadPage(null, 10, false, KEEP, 0);
        read.process(owner);
        assertThat(onTheCopy(read)).isNull();
        assertThat(bytes(copy.getValue())).isEqualTo(before);
    }

    @Test
    void aChannelThatIsBegunAnewIsNotTakenForTheOneThatACopyStillHas() {
        ChannelStep first = new Append("n1/0", 1, drafts(1, 0), KEEP, "e1");
        first.process(owner);
        onTheCopy(first);
        owner.setValue(null);

        ChannelStep anew = new Append("n1/0", 2, drafts(1, 0), KEEP, "e2");
        anew.process(owner);
        assertThatThrownBy(() -> onTheCopy(anew)).isInstanceOf(StaleCopyException.class);
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
    void aRoutingThatWasRenewedOutlivesWhatCameBefore() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Subscribe("n2", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Subscribe("n1", 7, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Subscribe("n1", 6, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Unsubscribe("n1", 6, 0).process(owner);
        new Unsubscribe("n2", 6, 0).process(owner);

        assertThat(owner.getValue().nodes()).containsExactly("n1");
        new Unsubscribe("n1", 8, 0).process(owner);
        assertThat(owner.getValue().nodes()).isEmpty();
    }

    @Test
    void aLaterUnsubscribeEndsTheRoutingAndAnEarlierOneDoesNot() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Unsubscribe("n1", 4, 0).process(owner);
        assertThat(owner.getValue().nodes()).containsExactly("n1");

        new Unsubscribe("n1", 6, 0).process(owner);
        assertThat(owner.getValue().nodes()).isEmpty();
    }

    @Test
    void aDeadNodeLeavesNothingBehind() {
        new Subscribe("n1", 1, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Append("n1/0", 1, drafts(1, 0), KEEP, "e1").process(owner);
        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Join(new Member("bob", "s2", "{}", 0, "n2"), 1, "p1", false).process(owner);

        byte[] leaves = new DropNode("n1", 1, 1).process(owner);

        assertThat(leaves).isNotNull();
        assertThat(owner.getValue().knows("n1")).isFalse();
        assertThat(owner.getValue().members().members())
                .extracting(Member::sessionId)
                .containsExactly("s2");
        assertThat(new DropNode("n1", 1, 2).process(owner)).isNull();
    }

    @Test
    void whatANodeAssertedAfterItCameBackOutlivesTheCleanUpOfItsDeparture() {
        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Join(new Member("bob", "s2", "{}", 0, "n1"), 1, "p1", false).process(owner);
        assertThat(new Join(new Member("alice", "s1", "{}", 5, "n1"), 2, "p1", false).process(owner))
                .as("asserted again it is no join")
                .isNull();

        new DropNode("n1", 1, 6).process(owner);
        copy.setValue(overTheWire(owner.getValue()));

        assertThat(copy.getValue().members().members()).containsExactly(new Member("alice", "s1", "{}", 0, "n1"));
        assertThat(copy.getValue().members().version()).isEqualTo(3);
        assertThat(new DropNode("n1", 0, 7).process(owner))
                .as("of any incarnation")
                .isNotNull();
    }

    @Test
    void anAuditTellsOnlyWhatShouldNotBeThere() {
        new Subscribe("n1", 1, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Join(new Member("alice", "s2", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Join(new Member("bob", "s3", "{}", 0, "n2"), 1, "p1", false).process(owner);

        assertThat(audit(List.of("s1", "s2"), Set.of("n1", "n2"))).isNull();
        assertThat(audit(List.of("s2", "other"), Set.of("n1"))).containsExactly(List.of("n2"), List.of("s1"));
        assertThat(audit(List.of("s2"), Set.of())).containsExactly(List.of(), List.of("s1"));
    }

    private List<List<String>> audit(List<String> sessions, Set<String> nodes) {
        byte[] found =
                overTheWire(new AuditChannel(new Roll("n1", sessions, nodes))).process(owner);
        if (found == null) {
            return null;
        }
        Unpacker unpacker = new Unpacker(found);
        return List.of(unpacker.texts(), unpacker.texts());
    }

    @Test
    void aChannelIsForgottenOnlyWhenNobodyCouldAskForAnythingOfIt() {
        new Append("n1/0", 1, drafts(1, 0), KEEP, "e1").process(owner);
        Map<String, Retention> retentions = Map.of("feed", KEEP);

        new Sweep(retentions, 10_000).process(owner);
        assertThat(owner.getValue()).as("its history is still kept").isNotNull();

        new Subscribe("n1", 1, null, 10, KEEP, "e2", 10_001, true, null).process(owner);
        new Sweep(retentions, 30_000).process(owner);
        assertThat(owner.getValue()).as("a node has subscribers").isNotNull();

        new Unsubscribe("n1", 2, 30_000).process(owner);
        new Sweep(retentions, 35_000).process(owner);
        assertThat(owner.getValue())
                .as("who just left may come back with its position")
                .isNotNull();

        new Sweep(retentions, 40_001).process(owner);
        assertThat(owner.getValue())
                .as("a node that slept may repeat its append")
                .isNotNull();

        new Sweep(retentions, 30_001 + LastAppends.REPEATS_MILLIS).process(owner);
        assertThat(owner.getValue()).isNull();
    }

    @Test
    void whatHasOutlivedItsTimeGoesFromAChannelThatHasSubscribersWhateverElseIsLeft() {
        long repeats = LastAppends.REPEATS_MILLIS;
        Retention longer = new Retention(5, 2 * repeats, 5_000);
        new Subscribe("n1", 1, null, 10, longer, "e1", 0, true, null).process(owner);
        byte[] empty = bytes(owner.getValue());
        sweep(longer, 10 * repeats);
        assertThat(bytes(owner.getValue())).as("there is nothing").isEqualTo(empty);

        one("n1", 0).process(owner);
        sweep(KEEP, repeats);
        assertThat(owner.getValue().stream()).matches(ChannelStream::isEmpty);
        assertThat(changedBySweep(KEEP, repeats + 1))
                .as("only what an origin did last")
                .isTrue();

        new Append("n1/0", 2, drafts(1, 0), longer, "e1").process(owner);
        sweep(longer, repeats + 1);
        assertThat(owner.getValue().stream()).matches(stream -> stream.keptCount() > 0);
        assertThat(changedBySweep(longer, 2 * repeats + 1)).as("only history").isTrue();

        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Leave("s1", 2).process(owner);
        assertThat(changedBySweep(longer, 4 * repeats))
                .as("only who came and went")
                .isTrue();
        assertThat(owner.getValue()).isNotNull();
    }

    @Test
    void aChannelThatHadSubscribersAndNothingElseIsForgotten() {
        new Subscribe("n1", 1, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Unsubscribe("n1", 2, 1).process(owner);
        sweep(KEEP, 2 + LastAppends.REPEATS_MILLIS);

        assertThat(owner.getValue()).isNull();
    }

    private boolean changedBySweep(Retention retention, long at) {
        byte[] before = bytes(owner.getValue());
        sweep(retention, at);
        return !Arrays.equals(before, bytes(owner.getValue()));
    }

    private void sweep(Retention retention, long at) {
        new Sweep(Map.of("feed", retention), at).process(owner);
    }

    @Test
    void aComparisonAnswersOnlyForChannelsThatStandDifferently() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Append("n1/0", 1, drafts(3, 0), KEEP, "e1").process(owner);
        byte[] before = bytes(owner.getValue());

        assertThat(compared("n1", 5, new StreamPosition("e1", 3))).isNull();
        assertThat(compared("n1", 4, null))
                .as("an ephemeral channel has no position")
                .isNull();
        assertThat(compared("n1", 5, new StreamPosition("e1", 1))).isEqualTo("BEHIND 3");
        assertThat(compared("n1", 5, new StreamPosition("e0", 3))).isEqualTo("OTHER_STREAM 0");
        assertThat(compared("n1", 5, new StreamPosition("e1", 4)))
                .as("a tail was lost")
                .isEqualTo("OTHER_STREAM 0");
        assertThat(compared("n2", 5, null)).isEqualTo("UNROUTED 0");
        assertThat(compared("n1", 7, new StreamPosition("e1", 3)))
                .as("an unsubscribe with interest 6 may still be under way")
                .isEqualTo("UNROUTED 0");
        assertThat(bytes(owner.getValue())).isEqualTo(before);
    }

    @Test
    void aChannelThatIsGoneAtItsOwnerStandsDifferently() {
        assertThat(compared("n1", 5, null)).isEqualTo("UNROUTED 0");
        assertThat(owner.getValue()).isNull();
    }

    @Test
    void afterANodeThatWasTakenForDeadCameBackNeitherTheDropNorAnOldUnsubscribeUndoesItsRouting() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new DropNode("n1", 0, 1).process(owner);
        assertThat(compared("n1", 5, new StreamPosition("e1", 0))).isEqualTo("UNROUTED 0");

        new Subscribe("n1", 7, new StreamPosition("e1", 0), 10, KEEP, "e2", 2, true, null).process(owner);
        new Unsubscribe("n1", 6, 3).process(owner);

        assertThat(compared("n1", 7, new StreamPosition("e1", 0))).isNull();
    }

    /** What the comparison of one channel answers, the step having travelled. */
    private @Nullable String compared(String node, long interest, @Nullable StreamPosition position) {
        return compared(new Standing(FEED, interest, position, null), node);
    }

    private @Nullable String compared(Standing standing) {
        return compared(standing, "n1");
    }

    private @Nullable String compared(Standing standing, String node) {
        byte[] answer = overTheWire(new CompareHeads(node, List.of(standing))).process(owner);
        if (answer == null) {
            return null;
        }
        Drift drift = CompareHeads.drift(standing, answer);
        return drift.kind() + " " + drift.ownerOffset();
    }

    @Test
    void anAppendThatItsOriginGaveUpIsNotMadeOnceTheOriginWentOn() {
        new Append("n1/0", 2, drafts(1, 0), KEEP, "e1").process(owner);

        assertThat(new Append("n1/0", 1, drafts(2, 0), KEEP, "e1").process(owner))
                .isNull();
        assertThat(position()).isEqualTo(new StreamPosition("e1", 1));
    }

    @Test
    void aNodeThatWasThoughtDeadMayStillRepeatItsAppend() {
        ChannelStep append = new Append("n1/0", 1, drafts(1, 1_000), KEEP, "e1");
        byte[] first = append.process(owner);
        new DropNode("n1", 0, 2_000).process(owner);

        assertThat(append.process(owner)).isEqualTo(first);
        assertThat(position().offset()).isEqualTo(1);
    }

    @Test
    void whatOriginsDidLastIsForgottenInTimeAndNeverGrowsWithoutBound() {
        for (int i = 0; i < LastAppends.MAX_ORIGINS + 10; i++) {
            one("n" + i, i).process(owner);
        }
        long before = position().offset();
        one("n9", 300).process(owner);
        assertThat(position().offset()).as("pushed out").isEqualTo(before + 1);
        one("n11", 300).process(owner);
        assertThat(position().offset()).as("still known").isEqualTo(before + 1);

        new Sweep(Map.of("feed", new Retention(5, 600_000, 5_000)), 301 + LastAppends.REPEATS_MILLIS).process(owner);
        one("n11", 301 + LastAppends.REPEATS_MILLIS).process(owner);
        assertThat(position().offset()).as("aged out").isEqualTo(before + 2);
    }

    private static ChannelStep one(String origin, long at) {
        return new Append(origin, 1, List.of(new Draft(Payload.json("1"), null, null, at)), KEEP, "e1");
    }

    @Test
    void aJoinAndALeaveWhoseAnswerWasLostAreToldAgainWithTheirVersion() {
        Member alice = new Member("alice", "s1", "{}", 0, "n1");
        byte[] joined = new Join(alice, 1, "p1", false).process(owner);
        assertThat(joined).isNotNull();
        assertThat(new Join(alice, 1, "p1", true).process(owner)).isEqualTo(joined);
        assertThat(new Join(alice, 1, "p1", false).process(owner))
                .as("an assertion of what is known tells nobody")
                .isNull();

        byte[] left = new Leave("s1", 1).process(owner);
        assertThat(left).isNotNull();
        new Join(new Member("bob", "s2", "{}", 0, "n1"), 1, "p1", false).process(owner);
        assertThat(new Leave("s1", 2).process(owner)).isEqualTo(left);
        assertThat(new Leave("s3", 2).process(owner)).isNull();
    }

    @Test
    void aNodeIsToldTheJoinsAndLeavesItMissedThoseOfADepartedNodeToo() {
        assertThat(changes(null)).isEqualTo(new Changes(StreamPosition.NONE, List.of()));
        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        new Join(new Member("bob", "s2", "{}", 0, "n2"), 1, "p2", false).process(owner);
        new DropNode("n1", 1, 1).process(owner);
        StreamPosition here = new StreamPosition("p1", 3);

        assertThat(changes(null)).as("who knows nothing missed nothing").isEqualTo(new Changes(here, List.of()));
        assertThat(changes(here)).isEqualTo(new Changes(here, List.of()));
        assertThat(changes(new StreamPosition("p1", 1)).missed())
                .extracting(event -> ((PresenceChange) event).member().sessionId())
                .containsExactly("s2", "s1");
        assertThat(changes(StreamPosition.NONE).missed()).hasSize(3);
        assertThat(changes(new StreamPosition("lost", 7)).missed()).hasSize(3);
        assertThat(new Leave("s1", 2).process(owner))
                .as("told already, by whoever cleaned up")
                .isNull();
    }

    @Test
    void whatIsForgottenOfJoinsIsNotToldInPart() {
        for (int i = 0; i <= 256; i++) {
            new Join(new Member("u", "s" + i, "{}", 0, "n1"), 1, "p1", false).process(owner);
        }

        assertThat(changes(new StreamPosition("p1", 0)).missed()).isEmpty();
        assertThat(changes(new StreamPosition("p1", 1)).missed()).hasSize(256);
    }

    @Test
    void aComparisonTellsThatJoinsOrLeavesAreMissing() {
        new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null).process(owner);
        new Join(new Member("alice", "s1", "{}", 0, "n1"), 1, "p1", false).process(owner);
        StreamPosition stream = new StreamPosition("e1", 0);

        assertThat(compared(new Standing(FEED, 5, stream, new StreamPosition("p1", 1))))
                .isNull();
        assertThat(compared(new Standing(FEED, 5, stream, StreamPosition.NONE))).isEqualTo("PRESENCE 0");
        assertThat(compared(new Standing(FEED, 5, null, new StreamPosition("p0", 1))))
                .isEqualTo("PRESENCE 0");
        assertThat(compared(new Standing(FEED, 5, stream, null)))
                .as("where nobody is told of them")
                .isNull();
    }

    private Changes changes(@Nullable StreamPosition since) {
        ChannelStep asking = overTheWire(new Subscribe("n9", 1, null, 10, null, "e1", 0, true, since));
        Unpacker answer = new Unpacker(java.util.Objects.requireNonNull(asking.process(owner)));
        return new Changes(answer.position(), answer.list(answer::event));
    }

    @Test
    void repeatedSubscribesAndUnsubscribesChangeNothing() {
        ChannelStep subscribe = new Subscribe("n1", 5, null, 10, KEEP, "e1", 0, true, null);
        assertThat(subscribe.process(owner)).isEqualTo(subscribe.process(owner));
        ChannelStep unsubscribe = new Unsubscribe("n1", 6, 0);
        unsubscribe.process(owner);
        new Subscribe("n1", 7, null, 10, KEEP, "e1", 0, true, null).process(owner);
        unsubscribe.process(owner);

        assertThat(owner.getValue().nodes()).containsExactly("n1");
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
                            new Subscribe(
                                    node,
                                    i,
                                    new StreamPosition("e0", random.nextInt(5)),
                                    3,
                                    KEEP,
                                    "e" + i,
                                    now,
                                    true,
                                    null);
                        case 4 -> new Unsubscribe(node, i, now);
                        case 5 ->
                            new Join(
                                    new Member("u" + i, "s" + random.nextInt(6), "{}", now, node),
                                    random.nextInt(2) + 1,
                                    "p" + i,
                                    random.nextBoolean());
                        case 6 -> new Leave("s" + random.nextInt(6), now);
                        default -> new DropNode(node, random.nextInt(3), now);
                    });
        }
        return steps;
    }

    private static List<Draft> drafts(int count, long at) {
        List<Draft> drafts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Payload data =
                    i % 2 == 0 ? Payload.json("{\"n\":" + i + "}") : Payload.binary("{}".getBytes(), new byte[] {1});
            drafts.add(new Draft(
                    data, i % 3 == 0 ? null : "alice", i % 2 == 0 ? "k" + i : null, at, i % 4 < 2 ? null : "t" + i));
        }
        return drafts;
    }

    /** What the owner just did, done by the copy, having travelled. */
    private byte @Nullable [] onTheCopy(ChannelStep step) {
        EntryProcessor<String, ChannelState, byte[]> copied = step.getBackupProcessor();
        return copied == null ? null : overTheWire(copied).process(copy);
    }

    private <T> T overTheWire(T object) {
        return serialization.toObject(serialization.toData(object));
    }

    private byte[] bytes(ChannelState state) {
        return serialization.toData(state).toByteArray();
    }
}
