package dev.carillon.presence;

import static dev.carillon.presence.UserState.Connect.CAME_ONLINE;
import static dev.carillon.presence.UserState.Connect.CONNECTED;
import static dev.carillon.presence.UserState.Connect.REFUSED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserStateTest {
    private final UserState user = new UserState();

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
        assertThat(user.disconnect("tab2", "a", 7)).isFalse();
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
        assertThat(user.dropNode("dead", "alive", 9)).isFalse();
        assertThat(user.sessions()).hasSize(1);

        user.disconnect("tab2", "alive", 10);
        assertThat(user.watcher()).isEqualTo("alive");
        assertThat(user.dropNode("alive", "third", 11))
                .as("the watcher itself died")
                .isTrue();
        assertThat(user.watcher()).isEqualTo("third");
    }

    private UserState.Connect connect(String session, String node) {
        return user.connect(new UserSession(session, node, "", "websocket", 1), "{}", 2);
    }
}
