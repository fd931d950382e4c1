package dev.carillon.it.cluster;

import static dev.carillon.testing.ClusterMember.await;
import static dev.carillon.testing.Heard.announced;
import static dev.carillon.testing.Heard.dataUntil;
import static dev.carillon.testing.Heard.messages;
import static dev.carillon.testing.Heard.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.bus.AuthorizeRequest;
import dev.carillon.bus.Carillon;
import dev.carillon.bus.PublishOptions;
import dev.carillon.bus.Registration;
import dev.carillon.bus.RequestFailed;
import dev.carillon.bus.UserEvent;
import dev.carillon.presence.Member;
import dev.carillon.presence.UserSession;
import dev.carillon.testing.ApplicationMember;
import dev.carillon.testing.NodeProcess;
import dev.carillon.testing.ProcessCluster;
import dev.carillon.testing.Until;
import dev.carillon.testing.WsClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three nodes as separate processes, and an application's verticles in a fourth that is a plain member. */
class VerticleProcessClusterIT {
    private static ProcessCluster cluster;
    private static Vertx application;
    private static Carillon carillon;

    @BeforeAll
    static void start() {
        cluster = ProcessCluster.start(
                3,
                "presence.grace=300ms",
                "bus.bridges.legacy.news=feed:news",
                "bus.requests=orders.*",
                "namespaces.orders.subscribe=ask",
                "namespaces.orders.authorize=app.may");
        // The harder case: a member that keeps its part of the channels. Lite ones are in LeaderClusterIT.
        application = ApplicationMember.join(cluster.name(), cluster.members(), false);
        carillon = Carillon.connect(application);
    }

    @AfterAll
    static void stop() {
        if (application != null) {
            await(application.close());
        }
        cluster.close();
    }

    @Test
    void aVerticlePublishesByRequestOnTheBus() {
        List<WsClient> clients = everywhere("nina", "feed:bus");

        JsonObject ack = await(application
                        .eventBus()
                        .<JsonObject>request(
                                "carillon.publish",
                                new JsonObject()
                                        .put("channel", "feed:bus")
                                        .put("data", "from a verticle")
                                        .put("key", "k1")))
                .body();
        JsonObject again = await(application
                        .eventBus()
                        .<JsonObject>request(
                                "carillon.publish",
                                new JsonObject()
                                        .put("channel", "feed:bus")
                                        .put("data", "from a verticle")
                                        .put("key", "k1")))
                .body();
        await(carillon.publish("feed:bus", "end"));

        assertThat(ack.getLong("offset")).isEqualTo(1);
        assertThat(again.getLong("offset")).isEqualTo(1);
        assertThat(again.getBoolean("duplicate")).isTrue();
        clients.forEach(
                client -> assertThat(dataUntil(client, "feed:bus", "end")).containsExactly("from a verticle", "end"));
        clients.forEach(WsClient::close);
    }

    @Test
    void aRefusedPublishFailsWithItsCode() {
        Throwable refused = failure(application
                .eventBus()
                .request(
                        "carillon.publish",
                        new JsonObject().put("channel", "nowhere").put("data", 1)));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(202));
    }

    @Test
    void theJavaApiPublishesToChannelsAndUsersOnEveryNode() {
        List<WsClient> clients = everywhere("otto", "messages:api");
        int count = 200;
        List<Future<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(carillon.publish(
                    "messages:api", new JsonObject().put("i", i), PublishOptions.DEFAULTS.withUserId("server")));
        }
        await(Future.all(sent));
        assertThat(await(carillon.publish("messages:api", "end")).position().offset())
                .isEqualTo(count + 1);
        await(carillon.publishToUser("otto", "personal"));
        var everybody = await(carillon.broadcastToUsers(List.of("otto", "nobody"), "to many"));

        assertThat(everybody.published()).isEqualTo(2);
        for (WsClient client : clients) {
            List<Object> heard = dataUntil(client, "messages:api", "end");
            assertThat(heard.subList(0, count))
                    .isEqualTo(IntStream.range(0, count)
                            .mapToObj(i -> new JsonObject().put("i", i))
                            .toList());
            assertThat(messages(client, "messages:api").get(0).getString("user_id"))
                    .isEqualTo("server");
            assertThat(dataUntil(client, "user:otto", "to many")).containsExactly("personal", "to many");
        }
        clients.forEach(WsClient::close);
    }

    @Test
    void theJavaApiSeesWhoIsThereAndEndsConnections() {
        List<WsClient> clients = everywhere("pia", "lobby:api");

        assertThat(await(carillon.presence("lobby:api")).members())
                .extracting(Member::node)
                .containsExactlyInAnyOrderElementsOf(ids());
        assertThat(await(carillon.user("pia")).sessions())
                .extracting(UserSession::node)
                .containsExactlyInAnyOrderElementsOf(ids());
        assertThat(await(carillon.disconnect("pia"))).isEqualTo(3);
        clients.forEach(client -> assertThat(client.closeCode()).isEqualTo(4401));
    }

    @Test
    void whatIsPublishedAtABridgedAddressIsOnePublicationInTheCluster() {
        List<WsClient> clients = everywhere("quinn", "feed:news");
        int count = 50;
        for (int i = 0; i < count; i++) {
            application.eventBus().publish("legacy.news", new JsonObject().put("i", i));
        }
        application.eventBus().publish("legacy.news", "end");
        clients.forEach(client -> dataUntil(client, "feed:news", "end"));
        // By now the message has been at every node; whatever a second one made of it comes before these.
        for (NodeProcess node : cluster.nodes()) {
            assertThat(cluster.api(
                                    node,
                                    "publish",
                                    new JsonObject().put("channel", "feed:news").put("data", node.id()))
                            .getLong("offset"))
                    .isGreaterThan(count + 1);
        }

        String last = cluster.node(2).id();
        for (WsClient client : clients) {
            List<Object> expected = new ArrayList<>(IntStream.range(0, count)
                    .mapToObj(i -> new JsonObject().put("i", i))
                    .toList());
            expected.add("end");
            expected.addAll(cluster.nodes().stream().map(NodeProcess::id).toList());
            assertThat(dataUntil(client, "feed:news", last)).isEqualTo(expected);
            assertThat(offsets(client, "feed:news"))
                    .isEqualTo(LongStream.rangeClosed(1, count + 4).boxed().toList());
        }
        clients.forEach(WsClient::close);
    }

    @Test
    void aClientsRequestReachesTheVerticleAndItsReplyOrFailureComesBack() {
        Registration orders = await(carillon.onRequest(
                "orders.place",
                request -> request.data() instanceof JsonObject order && order.getInteger("amount", 0) > 0
                        ? Future.succeededFuture(new JsonObject()
                                .put("placed", order.getInteger("amount"))
                                .put("by", request.userId()))
                        : Future.failedFuture(new RequestFailed(422, "the amount must be positive"))));
        for (NodeProcess node : cluster.nodes()) {
            WsClient client = cluster.login(node, "rosa");
            assertThat(request(client, 1001, "orders.place", new JsonObject().put("amount", 3)))
                    .isEqualTo(new JsonObject()
                            .put("type", "reply")
                            .put("id", 1001)
                            .put("data", new JsonObject().put("placed", 3).put("by", "rosa")));
            JsonObject failed = request(client, 1002, "orders.place", new JsonObject().put("amount", 0));
            assertThat(failed.getInteger("code")).isEqualTo(422);
            assertThat(failed.getString("error")).isEqualTo("the amount must be positive");
            assertThat(request(client, 1003, "orders.nobody", 1).getInteger("code"))
                    .isEqualTo(208);
            assertThat(request(client, 1004, "secret.place", 1).getInteger("code"))
                    .isEqualTo(203);
            assertThat(request(client, 1005, "carillon.publish", new JsonObject())
                            .getInteger("code"))
                    .isEqualTo(203);
            client.close();
        }
        await(orders.unregister());
    }

    @Test
    void aVerticleDecidesWhoMaySubscribeWhereTheRuleIsAsk() {
        List<AuthorizeRequest> asked = new CopyOnWriteArrayList<>();
        WsClient early = cluster.login(cluster.node(0), "tina");
        assertThat(early.subscribe(4, "orders:tina").getInteger("code"))
                .as("nobody answers, which is not a no")
                .isEqualTo(101);

        Registration may = await(carillon.onAuthorize("app.may", request -> {
            asked.add(request);
            return Future.succeededFuture(request.channel().rest().equals(request.userId()));
        }));
        assertThat(early.subscribe(5, "orders:tina").getString("type"))
                .as("the connection lived, and may ask again")
                .isEqualTo("subscribed");
        for (NodeProcess node : cluster.nodes()) {
            WsClient tina = cluster.login(node, "tina");
            assertThat(tina.subscribe(5, "orders:tina").getString("type")).isEqualTo("subscribed");
            assertThat(tina.subscribe(6, "orders:uwe").getInteger("code")).isEqualTo(203);
            tina.close();
        }

        assertThat(asked).hasSize(7).allMatch(request -> request.userId().equals("tina"));
        early.close();
        await(may.unregister());
    }

    @Test
    void verticlesAreToldOnceThatAUserCameAndWent() {
        List<String> told = new CopyOnWriteArrayList<>();
        Registration online = await(carillon.onUserOnline(event -> told.add("online " + about(event))));
        Registration offline = await(carillon.onUserOffline(event -> told.add("offline " + about(event))));
        WsClient watcher = cluster.login(cluster.node(2), "watcher", "online");

        WsClient phone = cluster.login(cluster.node(0), "vera");
        WsClient desk = cluster.login(cluster.node(1), "vera");
        phone.close();
        desk.close();
        announced(watcher, "user_offline", "vera");
        Until.holds(() -> told.contains("offline vera"), () -> "only told of " + told);
        WsClient marker = cluster.login(cluster.node(1), "vera-marker");
        Until.holds(() -> told.contains("online vera-marker"), () -> "only told of " + told);

        assertThat(told.stream().filter(event -> event.endsWith(" vera")))
                .containsExactly("online vera", "offline vera");
        marker.close();
        watcher.close();
        await(online.unregister());
        await(offline.unregister());
    }

    private static String about(UserEvent event) {
        assertThat(event.timestampMillis()).isPositive();
        return event.userId();
    }

    private static List<WsClient> everywhere(String user, String channel) {
        return cluster.nodes().stream()
                .map(node -> cluster.login(node, user, channel))
                .toList();
    }

    private static List<String> ids() {
        return cluster.nodes().stream().map(NodeProcess::id).toList();
    }

    private static JsonObject request(WsClient client, long id, String address, Object data) {
        client.send(new JsonObject()
                .put("type", "request")
                .put("id", id)
                .put("address", address)
                .put("data", data));
        return client.reply(id);
    }

    private static Throwable failure(Future<?> future) {
        return await(future.<Throwable>map(done -> new AssertionError("did not fail"))
                .otherwise(cause -> cause));
    }
}
