package dev.carillon.presence;

import static dev.carillon.presence.UserState.Connect.CAME_ONLINE;
import static dev.carillon.presence.UserState.Connect.CONNECTED;
import static dev.carillon.presence.UserState.Connect.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.presence.UserState.Counted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UserStateTest {
    private final UserState user = new UserState();
    private long question = UserState.REPEATED;

    @Test
    void aUserComesOnlineOnceHoweverManyTabsOpen() {
        assertThat(connect("tab1", "a")).isEqualTo(CAME_ONLINE);
        assertThat(connect("tab2", "b")).isEqualTo(CONNECTED);
    }

    @Test
    void theConnectionBeyondTheLimitIsRefusedAndChangesNothing() {
        connect("tab1", "a");
        connect("tab2", "b");

        assertThat(connect("tab3", "c")).isEqualTo(REFUSED);
        assertThat(user.sessions()).hasSize(2);
    }

    @Test
    void theSameSessionCountedInAgainIsOneConnection() {
        connect("tab1", "a");
        connect("tab1", "a");

        assertThat(user.sessions()).hasSize(1);
    }

    @Test
    void onlyTheLastConnectionsEndBeginsTheGracePeriod() {
        connect("tab1", "a");
        connect("tab2", "a");

        assertThat(user.disconnect("tab1", "a", 5)).isFalse();
        assertThat(user.disconnect("tab2", "a", 6)).isTrue();
        assertThat(user.lastSeenMillis()).isEqualTo(6);
    }

    @Test
    void aReloadWithinTheGracePeriodAnnouncesNothing() {
        connect("tab1", "a");
        user.disconnect("tab1", "a", 5);
        long version = user.version();

        assertThat(connect("tab2", "a")).isEqualTo(CONNECTED);
        assertThat(user.isLeaving(version)).isFalse();
    }

    @Test
    void offlineIsAnnouncedOnceAfterTheGracePeriod() {
        connect("tab1", "a");
        user.disconnect("tab1", "a", 5);
        long version = user.version();

        assertThat(user.isLeaving(version)).isTrue();
        assertThat(user.wentOffline(version)).isTrue();
        assertThat(user.isLeaving(version)).isFalse();
        assertThat(connect("tab2", "a")).isEqualTo(CAME_ONLINE);
    }

    @Test
    void aUserWhoComesBackWhileOfflineIsBeingSaidMustBeAnnouncedAgain() {
        connect("tab1", "a");
        user.disconnect("tab1", "a", 5);
        long version = user.version();
        connect("tab2", "a");

        assertThat(user.wentOffline(version)).isFalse();
    }

    @Test
    void aDeadNodeTakesItsSessionsAndASurvivorWatchesOver() {
        connect("tab1", "dead");
        connect("tab2", "alive");
        assertThat(user.dropNode("dead", 1, "alive", 9)).isFalse();
        assertThat(user.sessions()).hasSize(1);

        user.disconnect("tab2", "alive", 10);
        assertThat(user.watcher()).isEqualTo("alive");
        assertThat(user.dropNode("alive", 1, "third", 11))
                .as("the watcher itself died")
                .isTrue();
        assertThat(user.watcher()).isEqualTo("third");
        assertThat(user.dropNode("alive", 1, "third", 12))
                .as("cleaned again, because the answer may have been lost")
                .isTrue();
    }

    /** One connection is kept in another way than many. */
    @Test
    void whoIsConnectedIsWhatAListWouldHave() {
        Random random = new Random(11);
        Map<String, Counted> expected = new LinkedHashMap<>();
        for (int turn = 0; turn < 20_000; turn++) {
            String id = "tab" + random.nextInt(4);
            String node = "node" + random.nextInt(2);
            long incarnation = 1 + random.nextInt(2);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    UserSession session = new UserSession(id, node, "", "websocket", 0);
                    user.connect(session, incarnation, "{}", 3, 0);
                    if (expected.containsKey(id) || expected.size() < 3) {
                        expected.put(id, new Counted(session, incarnation));
                    }
                }
                case 2, 3 -> {
                    user.disconnect(id, node, turn);
                    expected.remove(id);
                }
                default -> {
                    user.dropNode(node, incarnation, "survivor", turn);
                    expected.values()
                            .removeIf(counted ->
                                    counted.session().node().equals(node) && counted.incarnation() == incarnation);
                }
            }
            assertThat(user.connections()).containsExactlyElementsOf(expected.values());
            assertThat(user.isConnected()).isEqualTo(!expected.isEmpty());
        }
    }

    @Test
    void aConnectionThatWasNeverDroppedIsAssertedWithoutAWord() {
        connect("tab1", "a");
        long version = user.version();

        assertThat(user.connect(session("tab1", "a"), 2, "{}", 2, ++question)).isEqualTo(CONNECTED);
        assertThat(user.version()).isEqualTo(version);
        assertThat(user.dropNode("a", 1, "b", 5))
                .as("a clean-up that came late")
                .isFalse();
        assertThat(user.sessions()).hasSize(1);
    }

    @Test
    void aConnectionThatWasDroppedIsCountedInAgainAndTheUserComesOnlineOnce() {
        connect("tab1", "a");
        connect("tab2", "a");
        user.dropNode("a", 1, "b", 5);
        long version = user.version();
        assertThat(user.wentOffline(version)).isTrue();

        assertThat(user.connect(session("tab1", "a"), 2, "{}", 2, ++question)).isEqualTo(CAME_ONLINE);
        assertThat(user.connect(session("tab2", "a"), 2, "{}", 2, ++question)).isEqualTo(CONNECTED);
        assertThat(user.connect(session("tab1", "a"), 2, "{}", 2, ++question)).isEqualTo(CONNECTED);
    }

    @Test
    void aDroppedConnectionGivesWayToThoseThatCameMeanwhile() {
        connect("tab1", "a");
        user.dropNode("a", 1, "b", 5);
        connect("tab2", "b");
        connect("tab3", "b");

        assertThat(user.connect(session("tab1", "a"), 2, "{}", 2, ++question)).isEqualTo(REFUSED);
    }

    private UserState.Connect connect(String session, String node) {
        return user.connect(session(session, node), 1, "{}", 2, ++question);
    }

    private static UserSession session(String session, String node) {
        return new UserSession(session, node, "", "websocket", 1);
    }

    private UserState.Connect connectAgain(String session, String node, long again) {
        return user.connect(session(session, node), 1, "{}", 2, again);
    }

    @Test
    void aConnectWhoseAnswerWasLostTellsAgainThatItBroughtTheUserOnline() {
        connect("tab1", "a");
        long first = question;
        long version = user.version();

        assertThat(connectAgain("tab1", "a", first)).isEqualTo(CAME_ONLINE);
        assertThat(user.onlineVersion()).isEqualTo(version).isEqualTo(user.version());
        connect("tab2", "a");
        assertThat(connectAgain("tab1", "a", first)).isEqualTo(CAME_ONLINE);
        assertThat(user.onlineVersion()).as("the key of the same announcement").isEqualTo(version);
        assertThat(connectAgain("tab2", "a", question))
                .as("at the limit only because it is counted already")
                .isEqualTo(CONNECTED);
        assertThat(connect("tab1", "a")).as("asserted, not repeated").isEqualTo(CONNECTED);
        assertThat(user.sessions()).hasSize(2);
    }

    @Test
    void whoIsAssertedAfterALongTimeIsToldAgainOnlyWhatThatBrought() {
        connect("tab1", "a");
        user.dropNode("a", 1, "b", 5);
        assertThat(user.wentOffline(user.version())).isTrue();

        assertThat(connect("tab1", "a")).isEqualTo(CAME_ONLINE);
        assertThat(connectAgain("tab1", "a", question)).isEqualTo(CAME_ONLINE);
        assertThat(connect("tab1", "a")).isEqualTo(CONNECTED);
        assertThat(connectAgain("tab1", "a", question)).isEqualTo(CONNECTED);
    }

    @Test
    void whatANodeOfTheVersionBeforeRepeatsItSaysItself() {
        connectAgain("tab1", "a", UserState.NOT_NUMBERED);

        assertThat(connectAgain("tab1", "a", UserState.NOT_NUMBERED)).isEqualTo(CONNECTED);
        assertThat(connectAgain("tab1", "a", UserState.REPEATED)).isEqualTo(CAME_ONLINE);
    }

    @Test
    void aDisconnectWhoseAnswerWasLostIsStillToldToWatch() {
        connect("tab1", "a");
        assertThat(user.disconnect("tab1", "a", 5)).isTrue();
        long version = user.version();
        assertThat(user.disconnect("tab1", "a", 6)).isTrue();
        assertThat(user.disconnect("tab1", "b", 6)).isFalse();
        assertThat(user.version()).isEqualTo(version);
        assertThat(user.lastSeenMillis()).isEqualTo(5);

        assertThat(user.wentOffline(version)).isTrue();
        assertThat(user.wentOffline(version)).as("repeated").isTrue();
        assertThat(user.disconnect("tab1", "a", 7)).as("announced as gone").isFalse();
    }

    @Test
    void aDropWhoseAnswerWasLostIsStillToldToWatch() {
        connect("tab1", "dead");
        assertThat(user.dropNode("dead", 1, "alive", 9)).isTrue();
        assertThat(user.dropNode("dead", 1, "alive", 10)).isTrue();
        assertThat(user.isLeaving(user.version())).isTrue();
    }
}
