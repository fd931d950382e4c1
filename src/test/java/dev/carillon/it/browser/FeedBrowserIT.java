package dev.carillon.it.browser;

import static dev.carillon.testing.ClusterMember.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.AuthorizeRequest;
import dev.carillon.bus.Broadcast;
import dev.carillon.bus.Carillon;
import dev.carillon.bus.ClientPublish;
import dev.carillon.testing.ApplicationMember;
import dev.carillon.testing.NodeScript;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Stage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A social feed whose pages have plain WebSockets and no library, and whose domain is a verticle. */
class FeedBrowserIT {
    private static final Set<String> MEMBERS = Set.of("alice", "bob");

    private static Stage stage;
    private static Vertx application;
    private static Carillon carillon;

    @BeforeAll
    static void start() {
        NodeScript.install();
        NodeScript.buildClient();
        ProcessCluster cluster = ProcessCluster.start(
                3,
                "http.origins=*",
                "presence.grace=5s",
                "heartbeat.interval=1s",
                "heartbeat.timeout=10s",
                "limits.connections-per-user=20",
                "namespaces.messages={subscribe: ask, publish: ask, authorize: chat.members, publish-through: chat.publish}",
                "namespaces.notifications={subscribe: any, personal: true}",
                "namespaces.plaza={subscribe: any, publish: any, history-size: 300, publishes-per-second: 3, "
                        + "schema: {properties: {content: {type: string, maxLength: 100, pattern: '^[^<>]*$'}}}}");
        stage = new Stage("feed.mjs", cluster).on("broadcast", FeedBrowserIT::broadcast);
        application = ApplicationMember.join(cluster.name(), cluster.members(), true);
        carillon = Carillon.connect(application);
        assertThat(await(carillon.onAuthorize("chat.members", ask -> Future.succeededFuture(may(ask)))))
                .isNotNull();
        assertThat(await(carillon.onPublish("chat.publish", publish -> Future.succeededFuture(said(publish)))))
                .isNotNull();
    }

    @AfterAll
    static void stop() {
        if (application != null) {
            await(application.close());
        }
        stage.close();
    }

    private static boolean may(AuthorizeRequest ask) {
        boolean reads = ask.action() == AuthorizeRequest.Action.SUBSCRIBE;
        return MEMBERS.contains(ask.userId()) || (reads && ask.userId().equals("guest"));
    }

    private static JsonObject said(ClientPublish publish) {
        JsonObject given = ((JsonObject) publish.data()).copy();
        return given.getString("type").equals("message")
                ? given.put("type", "new_message")
                        .put("id", UUID.randomUUID().toString())
                        .put("sender", publish.userId())
                        .put("timestamp", System.currentTimeMillis())
                : given;
    }

    private static void broadcast(JsonObject what) {
        JsonObject data = what.getJsonObject("data");
        Broadcast told = await(
                what.containsKey("users")
                        ? carillon.broadcastToUsers(names(what.getJsonArray("users")), data)
                        : carillon.broadcast(names(what.getJsonArray("channels")), data));
        assertThat(told.published()).isPositive();
    }

    private static List<String> names(JsonArray names) {
        return names.stream().map(String.class::cast).toList();
    }

    @Test
    void twoUsersInThreeTabsHearChatsPostsAndWhatIsForThemAlone() {
        assertThat(stage.play("talk").getInteger("tabs")).isEqualTo(3);
    }

    @Test
    void usersComeAndGoOnceHoweverManyTabsAndReloadsAndThoughTheirNodeIsKilled() {
        assertThat(stage.play("online").getString("killed")).isNotEmpty();
    }

    @Test
    void whoIsNoMemberOfAChatIsRefusedWith203() {
        assertThat(stage.play("members").getInteger("asked")).isEqualTo(203);
    }

    @Test
    void whatTheSchemaRefusesAndFloodsAreNotPublished() {
        assertThat(stage.play("spam").getInteger("floods")).isGreaterThan(20);
    }

    @Test
    void aHundredUsersCostNoRequestWhileNothingHappens() {
        assertThat(stage.play("idle").getInteger("users")).isEqualTo(100);
    }
}
