package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Identity;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.DrainSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.presence.UserStore;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How sessions are sent away, on a clock that the test moves. */
class DrainTest {
    private static final String ADDRESS = "demo.slow";
    private static final int STEP = 50;

    private final SessionRegistry registry = new SessionRegistry();
    private final Wheel wheel = new Wheel(0);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventLoopServices loop = new EventLoopServices(
            channel.eventLoop(),
            new Inbox(null, name -> true, 0, HubListener.NONE).open(channel.eventLoop()),
            null,
            wheel,
            () -> DrainTest.this.now);
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Integer> told = new ArrayList<>();
    private final List<NodeInfo> nodes = new ArrayList<>();
    private Promise<Payload> answer = Promise.promise();
    private Promise<Void> countedOut;
    private long now;

    @Test
    void clientsAreToldToMoveAtThePaceInRandomOrderAndClosedWhenTheirTimeHasPassed() {
        connect(300, true);
        Drain drain = drain(settings(0, 100, 1_000, 60_000));

        advance(drain, 950);
        assertThat(told).hasSizeBetween(90, 100).doesNotHaveDuplicates();
        assertThat(told.stream().sorted().toList()).isNotEqualTo(told);
        assertThat(closed()).isEmpty();
        for (int moved : told) {
            assertThat(sockets.get(moved).sent)
                    .contains(new ServerFrame.Reconnect("draining", Duration.ofMillis(1_000), ""));
        }
        List<Integer> first = List.copyOf(told);

        advance(drain, 1_000);
        assertThat(told).hasSizeBetween(190, 200);
        assertThat(closed()).hasSizeBetween(85, 105).containsAnyElementsOf(first);
        advance(drain, 2_200);

        assertThat(told).hasSize(300).doesNotHaveDuplicates();
        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
        assertThat(drain.step(now)).isTrue();
        assertThat(drain.closedAtOnce()).isZero();
    }

    @Test
    void whoHasMovedIsNotWaitedFor() {
        connect(10, true);
        Drain drain = drain(settings(0, 1_000, 10_000, 60_000));
        advance(drain, 200);
        assertThat(told).hasSize(10);
        assertThat(drain.step(now)).isFalse();

        sockets.forEach(socket -> socket.session.closed());

        assertThat(drain.step(now)).isTrue();
        assertThat(registry.isEmpty()).isTrue();
        assertThat(closed()).isEmpty();
    }

    @Test
    void aNodeWithoutClientsHasNothingToWaitFor() {
        assertThat(drain(settings(30_000, 1, 10_000, 60_000)).step(now)).isTrue();
    }

    @Test
    void duringTheNoticeNobodyIsSentAwayButNobodyIsLetInEither() {
        connect(5, true);
        Sessions factory = new Sessions(services(), loop);
        assertThat(factory.isAccepting()).isTrue();
        Drain drain = drain(settings(3_000, 1_000, 1_000, 60_000));

        assertThat(factory.isAccepting()).isFalse();
        advance(drain, 2_900);
        assertThat(told).isEmpty();
        advance(drain, 300);
        assertThat(told).hasSize(5);
    }

    @Test
    void clientsThatCannotReadTheFrameAreClosedAtTheirTurn() {
        connect(40, false);
        Drain drain = drain(settings(0, 20, 10_000, 60_000));

        advance(drain, 1_000);
        assertThat(closed()).hasSizeBetween(18, 22);
        advance(drain, 1_200);

        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
    }

    @Test
    void aCommandUnderWayIsAnsweredBeforeTheCloseUnlessItTakesTooLong() {
        connect(2, false);
        Socket patient = sockets.get(0);
        patient.session.receive(new ClientFrame.Request(7, ADDRESS, Payload.NULL, null, null));
        Promise<Payload> first = answer;
        answer = Promise.promise();
        Socket unlucky = sockets.get(1);
        unlucky.session.receive(new ClientFrame.Request(8, ADDRESS, Payload.NULL, null, null));
        Drain drain = drain(settings(0, 100, 2_000, 60_000));

        advance(drain, 1_000);
        assertThat(closed()).isEmpty();
        first.complete(Payload.json("1"));
        channel.runPendingTasks();

        assertThat(patient.sent).endsWith(new ServerFrame.Reply(7, Payload.json("1")));
        assertThat(patient.closed).isEqualTo(CloseCode.DRAINING);
        assertThat(unlucky.closed).isNull();
        advance(drain, 1_200);
        assertThat(unlucky.closed).isEqualTo(CloseCode.DRAINING);
    }

    @Test
    void whenTheTimeIsUpEverybodyIsClosedAtOnce() {
        connect(1_000, true);
        Drain drain = drain(settings(0, 10, 1_000, 5_000));

        advance(drain, 4_900);
        assertThat(closed()).hasSizeBetween(30, 50);
        advance(drain, 200);

        assertThat(sockets).allMatch(socket -> socket.closed == CloseCode.DRAINING);
        assertThat(drain.closedAtOnce()).isBetween(950, 970);
    }

    @Test
    void aClientThatHasNotSaidWhoItIsIsSentAwayToo() {
        Socket stranger = open(true);
        Drain drain = drain(settings(0, 100, 1_000, 60_000));

        advance(drain, 100);

        assertThat(stranger.closed).isEqualTo(CloseCode.DRAINING);
        assertThat(registry.connections()).isZero();
    }

    @Test
    void aHandshakeThatWasUnderWayIsSentAwayWithTheOthers() {
        connect(1, true);
        Drain drain = drain(settings(0, 100, 10_000, 60_000));
        advance(drain, 500);
        assertThat(told).hasSize(1);

        connect(1, true);
        advance(drain, 1_100);

        assertThat(told).containsExactly(0, 1);
    }

    @Test
    void aSessionCountsUntilTheClusterHasTakenNoteOfItsEnd() {
        connect(1, true);
        countedOut = Promise.promise();
        sockets.get(0).session.closed();

        assertThat(registry.connections()).isZero();
        assertThat(registry.isEmpty()).isFalse();
        countedOut.complete();
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void clientsAreSpreadOverTheOtherNodesByTheirLoad() {
        nodes.add(node("self", "http://self", 40, false));
        nodes.add(node("a", "http://a", 10, false));
        nodes.add(node("b", "http://b", 30, false));
        nodes.add(node("leaving", "http://leaving", 0, true));
        nodes.add(node("hidden", "", 0, false));
        connect(40, true);
        Drain drain = drain(settings(0, 1_000, 10_000, 60_000));

        advance(drain, 200);

        // Both have 40 then.
        assertThat(urls()).hasSize(40).containsOnly("http://a", "http://b");
        assertThat(urls().stream().filter("http://a"::equals)).hasSize(30);
    }

    @Test
    void aNodeThatLeavesMeanwhileIsNoPlaceToGoAnyMore() {
        nodes.add(node("a", "http://a", 0, false));
        nodes.add(node("b", "http://b", 0, false));
        connect(40, true);
        Drain drain = drain(settings(0, 10, 10_000, 60_000));
        advance(drain, 1_000);
        assertThat(urls()).contains("http://a", "http://b");
        int before = urls().size();
        nodes.set(1, node("b", "http://b", 0, true));

        advance(drain, 2_000);

        // The directory is looked at once a second.
        assertThat(urls().subList(before + 11, urls().size())).isNotEmpty().containsOnly("http://a");
    }

    private Drain drain(DrainSettings settings) {
        return new Drain(registry, settings, "self", () -> List.copyOf(nodes), new Random(7), now);
    }

    private static DrainSettings settings(int notice, int perSecond, int within, int timeout) {
        return new DrainSettings(
                Duration.ofMillis(notice), perSecond, Duration.ofMillis(within), Duration.ofMillis(timeout));
    }

    private static NodeInfo node(String id, String url, int connections, boolean draining) {
        return new NodeInfo(id, "1", "h:1", url, draining, Instant.EPOCH, connections, 0, 0, 0, 0, 0, Instant.EPOCH);
    }

    private void advance(Drain drain, long millis) {
        long until = now + millis;
        boolean done = false;
        while (now < until) {
            now = Math.min(until, now + STEP);
            wheel.turn(now);
            channel.runPendingTasks();
            done = done || drain.step(now);
            channel.runPendingTasks();
        }
    }

    private void connect(int count, boolean moves) {
        for (int i = 0; i < count; i++) {
            Socket socket = open(moves);
            socket.session.receive(new ClientFrame.Auth(1, "user" + sockets.size(), List.of(), "", ""));
            assertThat(socket.session.isAuthenticated()).isTrue();
        }
    }

    private Socket open(boolean moves) {
        Socket socket = new Socket(sockets.size(), moves);
        sockets.add(socket);
        socket.session = new ClientSession(socket, services(), loop);
        return socket;
    }

    private List<Integer> closed() {
        return sockets.stream()
                .filter(socket -> socket.closed != null)
                .map(socket -> socket.number)
                .toList();
    }

    private List<String> urls() {
        return told.stream()
                .flatMap(number -> sockets.get(number).sent.stream())
                .filter(ServerFrame.Reconnect.class::isInstance)
                .map(ServerFrame.Reconnect.class::cast)
                .map(ServerFrame.Reconnect::url)
                .toList();
    }

    private SessionServices services() {
        return new SessionServices(
                "self",
                AuthSettings.DEFAULTS,
                HeartbeatSettings.DEFAULTS,
                LimitSettings.DEFAULTS,
                TenantSettings.DEFAULTS,
                new BusSettings("127.0.0.1", 0, Map.of(), List.of(ADDRESS), List.of(), List.of()),
                Map.of(),
                new DataRules(Map.of()),
                new ClientSessionTest.Believer(),
                identity -> false,
                null,
                null,
                null,
                new Users(),
                (Identity who, String session, String address, Payload data, Duration timeout, String trace) ->
                        answer.future(),
                null,
                registry,
                new Admission(AdmissionSettings.DEFAULTS, TenantSettings.DEFAULTS),
                SessionListener.NONE,
                Tracing.NONE,
                () -> Instant.ofEpochMilli(now));
    }

    private final class Socket extends Connection {
        final int number;
        final boolean moves;
        final List<ServerFrame> sent = new ArrayList<>();
        ClientSession session;
        CloseCode closed;

        Socket(int number, boolean moves) {
            this.number = number;
            this.moves = moves;
        }

        @Override
        public void send(ServerFrame frame) {
            sent.add(frame);
            if (frame instanceof ServerFrame.Reconnect) {
                told.add(number);
            }
        }

        @Override
        public boolean movesByItself() {
            return moves;
        }

        @Override
        public void close(CloseCode code) {
            closed = code;
        }

        @Override
        public String transport() {
            return "websocket";
        }

        @Override
        public WireForm form() {
            throw new AssertionError("no channels here");
        }

        @Override
        public void write(Turn turn) {
            throw new AssertionError("no channels here");
        }

        @Override
        public void flush() {}
    }

    private final class Users implements UserStore {
        @Override
        public Future<Boolean> connect(String userId, String info, UserSession connecting, int limit) {
            return Future.succeededFuture(true);
        }

        @Override
        public Future<Void> disconnect(String userId, String sessionId) {
            return countedOut == null ? Future.succeededFuture() : countedOut.future();
        }

        @Override
        public Future<UserStatus> status(String userId) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public Future<List<UserStatus>> statuses(Collection<String> userIds) {
            throw new AssertionError("nobody asks");
        }
    }
}
