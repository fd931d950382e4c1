package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.Member;
import dev.carillon.presence.UserSession;
import dev.carillon.testing.ClusterMember;
import dev.carillon.testing.Namespaces;
import dev.carillon.testing.RecordingSubscriber;
import dev.carillon.testing.Until;
import io.vertx.core.Future;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What owners keep of sessions and nodes that are not there. */
class AuditClusterIT {
    private static final Map<String, NamespaceSettings> NAMESPACES = Map.of("room", Namespaces.withPresence());

    private static ClusterMember oldest;
    private static ClusterMember other;

    @BeforeAll
    static void start() {
        oldest = ClusterMember.join("audit", NAMESPACES);
        other = ClusterMember.join("audit", NAMESPACES, oldest);
    }

    @AfterAll
    static void stop() {
        other.stop();
        oldest.stop();
    }

    @Test
    void aSessionThatItsNodeDoesNotHaveGoesAtTheSecondAuditAndOthersStay() {
        ChannelName room = new ChannelName("room:ghosts");
        RecordingSubscriber subscriber = new RecordingSubscriber(oldest.loop(0));
        await(subscriber.subscribe(room.value(), null));
        await(other.node.presence().join(room, new Member("ann", "ghost", "{}", 1, other.id())));
        await(other.node.presence().join(room, new Member("bob", "elsewhere", "{}", 1, oldest.id())));
        await(connect(other, "ann", "ghost", other.id()));

        await(other.node.audit());
        assertThat(await(other.node.presence().snapshot(room)).sessions())
                .as("it may have been on its way")
                .isEqualTo(2);
        await(other.node.audit());

        assertThat(subscriber.seenUntil("-ghost@3")).containsExactly("+ghost@1", "+elsewhere@2", "-ghost@3");
        Until.holds(() -> await(other.node.users().status("ann")).sessions().isEmpty(), () -> "ann is still connected");
    }

    @Test
    void whatBelongsToNoNodeIsCleanedUpByTheOldest() {
        ChannelName room = new ChannelName("room:strangers");
        RecordingSubscriber subscriber = new RecordingSubscriber(other.loop(0));
        await(subscriber.subscribe(room.value(), null));
        await(oldest.node.presence().join(room, new Member("eve", "lost", "{}", 1, "forgotten")));
        await(connect(oldest, "eve", "lost", "forgotten"));

        await(other.node.audit());
        await(other.node.audit());
        assertThat(await(oldest.node.presence().snapshot(room)).sessions())
                .as("that is not for this one to find")
                .isEqualTo(1);
        await(oldest.node.audit());
        await(oldest.node.audit());

        assertThat(subscriber.seenUntil("-lost@2")).containsExactly("+lost@1", "-lost@2");
        Until.holds(
                () -> await(oldest.node.users().status("eve")).sessions().isEmpty(), () -> "eve is still connected");
    }

    private static Future<Boolean> connect(ClusterMember by, String user, String session, String node) {
        return by.node.users().connect(user, "{}", new UserSession(session, node, "", "websocket", 1), 5);
    }
}
