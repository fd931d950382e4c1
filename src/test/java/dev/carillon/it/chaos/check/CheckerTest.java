package dev.carillon.it.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.history.PublisherLog;
import dev.carillon.it.chaos.history.SubscriberLog;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Histories made by hand: a whole one, and for each rule those that break it and it alone. */
class CheckerTest {
    private static final Expectations LOSS_ALLOWED = Expectations.STRICT.withLoss();

    private final History history = new History();
    private final int feed = history.channels().number("feed");
    private final int other = history.channels().number("other");
    private final int online = history.channels().number("online");
    private final int epoch = history.epochs().number("e1");
    private final int nextEpoch = history.epochs().number("e2");
    private final int alice = history.users().number("alice");
    private final PublisherLog publisher = history.publisher("p1");
    private final SubscriberLog subscriber = history.subscriber("s1");
    private final Map<Integer, Position> heads = new HashMap<>();
    private final Set<Integer> connected = Set.of(alice);
    private long now;

    @Test
    void aHistoryWithoutFaultsKeepsAllRules() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        gets(1, 1);
        gets(2, 2);
        head(2);

        Checker.Verdict verdict = check(Expectations.STRICT);

        assertThat(verdict.findings().kept()).isEmpty();
        assertThat(verdict.counts().published).isEqualTo(2);
        assertThat(verdict.counts().acked).isEqualTo(2);
        assertThat(verdict.counts().delivered).isEqualTo(2);
    }

    @Test
    void aReconnectThatGivesAllThatWasMissedKeepsAllRules() {
        subscriber.opened(++now, now, 0);
        joins(0);
        publishes(1, 1);
        gets(1, 1);
        subscriber.closed(++now, 1006);
        publishes(2, 2);
        publishes(3, 3);
        long begun = ++now;
        subscriber.opened(++now, begun, 1);
        rejoins(3, true, 2);
        subscriber.message(now, feed, epoch, 2, 2, true);
        subscriber.message(now, feed, epoch, 3, 3, true);
        publishes(4, 4);
        gets(4, 4);
        head(4);

        Checker.Verdict verdict = check(Expectations.STRICT);

        assertThat(verdict.findings().kept()).isEmpty();
        assertThat(verdict.counts().reconnects).isEqualTo(1);
        assertThat(verdict.counts().recoveriesComplete).isEqualTo(1);
        assertThat(verdict.counts().replayed).isEqualTo(2);
        assertThat(verdict.counts().longestCatchUpNanos).isEqualTo(2);
        assertThat(verdict.counts().longestOutageNanos).isEqualTo(7);
    }

    @Test
    void aRepeatedPublishThatIsAcknowledgedAsTheFirstKeepsAllRules() {
        joins(0);
        publisher.sent(++now, feed, 1);
        publisher.closed(++now, 1006);
        publisher.sent(++now, feed, 1);
        publisher.acked(++now, feed, epoch, 1, 1, true);
        gets(1, 1);
        head(1);

        Checker.Verdict verdict = check(Expectations.STRICT);

        assertThat(verdict.findings().kept()).isEmpty();
        assertThat(verdict.counts().repeated).isEqualTo(1);
        assertThat(verdict.counts().duplicateAcks).isEqualTo(1);
    }

    @Test
    void p1WhoEndsBeforeTheHeadMissedSomething() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        gets(1, 1);
        head(2);

        assertThat(brokenRules()).containsExactly(Rule.P1);
        assertThat(check(Expectations.STRICT).findings().kept().get(0).toString())
                .startsWith("P1 s1 at ")
                .endsWith("ends at feed e1:1, but the head is feed e1:2");
    }

    @Test
    void p1WhoIsLeftInAnEpochThatIsOverWasNeverTold() {
        joins(0);
        publishes(1, 1);
        gets(1, 1);
        heads.put(feed, new Position(nextEpoch, 0));

        assertThat(brokenRules(LOSS_ALLOWED)).containsExactly(Rule.P1);
    }

    @Test
    void p1WhatWasAcknowledgedMustNotBeMissedEvenIfTold() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        gets(1, 1);
        subscriber.subscribed(++now, feed, nextEpoch, 0, true, false, 0);
        heads.put(feed, new Position(nextEpoch, 0));

        assertThat(brokenRules()).containsExactly(Rule.P1);
        Checker.Verdict allowed = check(LOSS_ALLOWED);
        assertThat(allowed.findings().kept()).isEmpty();
        assertThat(allowed.counts().lostTold).isEqualTo(1);
    }

    @Test
    void p1WhoStoppedReadingMayMissWhatItIsToldOf() {
        joins(0);
        publishes(1, 1);
        subscriber.subscribed(++now, feed, epoch, 1, true, false, 0);
        head(1);

        assertThat(brokenRules()).containsExactly(Rule.P1);
        assertThat(brokenRules(Expectations.STRICT.withLaggards("s"))).isEmpty();
        assertThat(brokenRules(Expectations.STRICT.withLaggards("t"))).containsExactly(Rule.P1);
    }

    @Test
    void p1WhatANewStreamTookBeforeTheSubscriberCameIsMissedToo() {
        joins(0);
        publisher.sent(++now, feed, 1);
        publisher.acked(++now, feed, nextEpoch, 1, 1, false);
        subscriber.subscribed(++now, feed, nextEpoch, 1, true, false, 0);
        heads.put(feed, new Position(nextEpoch, 1));

        assertThat(brokenRules()).containsExactly(Rule.P1);
    }

    @Test
    void p1AStreamMustNotEndBeforeWhatWasAcknowledged() {
        publishes(1, 1);
        publishes(2, 2);
        head(1);

        assertThat(brokenRules()).containsExactly(Rule.P1);
    }

    @Test
    void p2ASecondCopyAtALaterPosition() {
        joins(0);
        publishes(1, 1);
        gets(1, 1);
        subscriber.message(++now, feed, epoch, 2, 1, false);
        head(2);

        assertThat(brokenRules()).containsExactly(Rule.P2);
    }

    @Test
    void p2ASecondCopyInTheNextEpochUnlessStreamsMayBeLost() {
        joins(0);
        publishes(1, 1);
        gets(1, 1);
        subscriber.subscribed(++now, feed, nextEpoch, 0, true, false, 0);
        subscriber.message(++now, feed, nextEpoch, 1, 1, false);
        heads.put(feed, new Position(nextEpoch, 1));

        assertThat(brokenRules()).containsExactly(Rule.P2);
        Checker.Verdict allowed = check(LOSS_ALLOWED);
        assertThat(allowed.findings().kept()).isEmpty();
        assertThat(allowed.counts().again).isEqualTo(1);
    }

    @Test
    void p3TwoSubscribersThatSeeDifferentThingsAtOnePosition() {
        SubscriberLog second = history.subscriber("s2");
        joins(0);
        second.subscribed(++now, feed, epoch, 0, false, false, 0);
        publisher.sent(++now, feed, 1);
        publisher.sent(++now, feed, 2);
        gets(1, 1);
        gets(2, 2);
        second.message(++now, feed, epoch, 1, 2, false);
        second.message(++now, feed, epoch, 2, 1, false);
        publisher.acked(++now, feed, epoch, 1, 1, false);
        publisher.acked(++now, feed, epoch, 2, 2, false);
        head(2);

        assertThat(brokenRules()).containsExactly(Rule.P3);
        assertThat(check(Expectations.STRICT).findings().kept().get(0).who()).isEqualTo("s2");
    }

    @Test
    void p4AHoleAndWithItWhatWasAcknowledgedThere() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        publishes(3, 3);
        gets(1, 1);
        gets(3, 3);
        head(3);

        assertThat(brokenRules()).containsExactlyInAnyOrder(Rule.P4, Rule.P1);
        assertThat(check(Expectations.STRICT).findings().count(Rule.P4)).isEqualTo(1);
    }

    @Test
    void p4AGapThatASlowSubscriberIsToldOfIsNoHole() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        gets(1, 1);
        subscriber.gap(++now, feed, epoch, 2, 1);
        publishes(3, 3);
        gets(3, 3);
        head(3);

        assertThat(brokenRules(Expectations.STRICT.withLaggards("s"))).isEmpty();
        assertThat(brokenRules()).containsExactly(Rule.P1);
    }

    @Test
    void p4AGapMustSayHowManyAreMissed() {
        joins(0);
        publishes(1, 1);
        publishes(2, 2);
        gets(1, 1);
        subscriber.gap(++now, feed, epoch, 2, 2);
        head(2);

        assertThat(brokenRules(Expectations.STRICT.withLaggards("s"))).containsExactly(Rule.P4);
    }

    @Test
    void p4ARecoveryThatSaysItIsCompleteAndIsNot() {
        joins(0);
        publishes(1, 1);
        gets(1, 1);
        publishes(2, 2);
        publishes(3, 3);
        rejoins(3, true, 1);
        subscriber.message(now, feed, epoch, 3, 3, true);
        head(3);

        assertThat(brokenRules()).containsExactlyInAnyOrder(Rule.P4, Rule.P1);
    }

    @Test
    void p4ARecoveryIntoAnotherEpoch() {
        joins(0);
        subscriber.subscribed(++now, feed, nextEpoch, 0, true, true, 0);
        heads.put(feed, new Position(nextEpoch, 0));

        assertThat(brokenRules()).containsExactly(Rule.P4);
    }

    @Test
    void p4BackwardsIsNoOrder() {
        joins(1);
        publishes(1, 1);
        publishes(2, 2);
        gets(2, 2);
        gets(1, 1);
        head(2);

        assertThat(brokenRules()).containsExactly(Rule.P4);
    }

    @Test
    void p4AnEpochThatChangesWithoutAWord() {
        joins(0);
        publisher.sent(++now, feed, 1);
        publisher.acked(++now, feed, nextEpoch, 1, 1, false);
        subscriber.message(++now, feed, nextEpoch, 1, 1, false);
        heads.put(feed, new Position(nextEpoch, 1));

        assertThat(brokenRules(LOSS_ALLOWED)).containsExactly(Rule.P4);
    }

    @Test
    void p4AnAnnouncementThatIsLeftOut() {
        watches();
        announced(1, true);
        announced(3, false);
        announced(4, true);

        assertThat(brokenRules()).containsExactly(Rule.P4);
    }

    @Test
    void p5TwoPublicationsAcknowledgedAtOnePosition() {
        publishes(1, 1);
        publishes(2, 1);

        assertThat(brokenRules()).containsExactly(Rule.P5);
    }

    @Test
    void p5ARepetitionThatIsAppendedAgain() {
        publishes(1, 1);
        publishes(1, 2);

        // Another position, and as if it were new.
        assertThat(brokenRules()).containsExactly(Rule.P5);
        assertThat(check(Expectations.STRICT).findings().count(Rule.P5)).isEqualTo(2);
    }

    @Test
    void p5ADuplicateThatIsSaidToBeElsewhere() {
        publishes(1, 1);
        publisher.sent(++now, feed, 1);
        publisher.acked(++now, feed, epoch, 2, 1, true);

        assertThat(brokenRules()).containsExactly(Rule.P5);
    }

    @Test
    void p5AnAcknowledgementOfSomethingElse() {
        publishes(1, 1);
        publisher.acked(++now, other, epoch, 1, 1, true);

        assertThat(brokenRules()).containsExactly(Rule.P5);
    }

    @Test
    void p6WhatNobodyPublished() {
        joins(0);
        gets(1, 7);

        assertThat(brokenRules()).containsExactly(Rule.P6);
    }

    @Test
    void p6WhatWasPublishedOnAnotherChannel() {
        joins(0);
        publisher.sent(++now, other, 1);
        publisher.acked(++now, other, epoch, 1, 1, false);
        gets(1, 1);

        assertThat(brokenRules()).containsExactly(Rule.P6);
    }

    @Test
    void p6WhatWasNotYetPublished() {
        joins(0);
        gets(1, 1);
        publishes(1, 1);

        assertThat(brokenRules()).containsExactly(Rule.P6);
    }

    @Test
    void p7OnlineAndOfflineInTurn() {
        watches();
        announced(1, false);
        announced(2, true);

        assertThat(brokenRules()).isEmpty();
        announced(3, true);
        assertThat(brokenRules()).containsExactly(Rule.P7);
        Checker.Verdict allowed = check(Expectations.STRICT.withLoss());
        assertThat(allowed.findings().kept()).isEmpty();
        assertThat(allowed.counts().announcedAgain).isEqualTo(1);
    }

    @Test
    void p7TwiceOffline() {
        watches();
        announced(1, false);
        announced(2, false);
        announced(3, true);

        assertThat(brokenRules()).containsExactly(Rule.P7);
    }

    @Test
    void p7OfflineWhereNobodyGoes() {
        watches();
        announced(1, false);
        announced(2, true);

        assertThat(brokenRules(Expectations.STRICT.withoutOffline())).containsExactly(Rule.P7);
    }

    @Test
    void p7OfflineWhileClientsStillCameIsNoViolation() {
        subscriber.subscribed(0, online, epoch, 0, false, false, 0);
        announced(1, false);
        announced(2, true);

        assertThat(brokenRules(Expectations.STRICT.withoutOffline())).isEmpty();
    }

    @Test
    void p7OfflineInTheEndThoughConnected() {
        watches();
        announced(1, true);
        announced(2, false);

        assertThat(brokenRules()).containsExactly(Rule.P7);
    }

    @Test
    void p7WhatWasMissedMayHaveTurnedAnybody() {
        watches();
        announced(1, true);
        subscriber.subscribed(++now, online, nextEpoch, 5, true, false, 0);
        subscriber.announced(++now, nextEpoch, 6, alice, true);

        assertThat(brokenRules()).isEmpty();
    }

    @Test
    void p8SilenceOnALivingConnection() {
        publisher.sent(++now, feed, 1);
        publisher.silence(++now, 1);
        publisher.acked(++now, feed, epoch, 1, 1, false);

        assertThat(brokenRules()).containsExactly(Rule.P8);
    }

    @Test
    void p8NeverAcknowledged() {
        publisher.sent(++now, feed, 1);
        publisher.refused(++now, 1, 101);

        assertThat(brokenRules()).containsExactly(Rule.P8);
    }

    @Test
    void p8RefusedForGood() {
        publisher.sent(++now, feed, 1);
        publisher.refused(++now, 1, 203);
        publishes(1, 1);

        assertThat(brokenRules()).containsExactly(Rule.P8);
    }

    @Test
    void p8RefusedForNowAndThenAcknowledgedIsNoViolation() {
        publisher.sent(++now, feed, 1);
        publisher.refused(++now, 1, 101);
        publishes(1, 1);

        Checker.Verdict verdict = check(Expectations.STRICT);
        assertThat(verdict.findings().kept()).isEmpty();
        assertThat(verdict.counts().refusals).containsEntry(101, 1L);
    }

    private void joins(long offset) {
        subscriber.subscribed(++now, feed, epoch, offset, false, false, 0);
    }

    private void rejoins(long offset, boolean recovered, int replayed) {
        subscriber.subscribed(++now, feed, epoch, offset, true, recovered, replayed);
    }

    private void publishes(long id, long offset) {
        publisher.sent(++now, feed, id);
        publisher.acked(++now, feed, epoch, offset, id, false);
    }

    private void gets(long offset, long id) {
        subscriber.message(++now, feed, epoch, offset, id, false);
    }

    private void watches() {
        subscriber.subscribed(++now, online, epoch, 0, false, false, 0);
    }

    private void announced(long offset, boolean isOnline) {
        subscriber.announced(++now, epoch, offset, alice, isOnline);
    }

    private void head(long offset) {
        heads.put(feed, new Position(epoch, offset));
    }

    private Checker.Verdict check(Expectations expected) {
        return Checker.check(history, heads, 2, connected, expected);
    }

    private Set<Rule> brokenRules() {
        return brokenRules(Expectations.STRICT);
    }

    private Set<Rule> brokenRules(Expectations expected) {
        return check(expected).findings().kept().stream().map(Violation::rule).collect(Collectors.toSet());
    }
}
