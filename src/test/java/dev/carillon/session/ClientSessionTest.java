package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.auth.Authenticator;
import dev.carillon.auth.ChannelGrant;
import dev.carillon.auth.Identity;
import dev.carillon.channel.Hub;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.presence.UserStore;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A session's life, on a clock that the test moves. Its namespaces are none, so that no channel comes in between. */
class ClientSessionTest {
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(2);

    private final Socket socket = new Socket();
    private final Users users = new Users();
    private final Set<String> revoked = new HashSet<>();
    private final Wheel wheel = new Wheel(0);
    private final SessionRegistry registry = new SessionRegistry();
    private long now;
    private final ClientSession session = new ClientSession(socket, services(), loop());

    @Test
    void aClientThatSaysNothingIsClosedWhenItsTimeIsUpAndNotBefore() {
        advance(4_900);
        assertThat(socket.closed).isNull();
        advance(200);

        assertThat(socket.closed).isEqualTo(CloseCode.AUTHENTICATION_TIMEOUT);
        assertThat(registry.connections()).isZero();
    }

    @Test
    void aClientThatAnswersPingsStaysAndOneThatFallsSilentIsClosed() {
        login();
        for (int i = 0; i < 3; i++) {
            advance(30_000);
            session.receive(new ClientFrame.Pong(0));
        }
        assertThat(socket.closed).isNull();
        assertThat(socket.sent).filteredOn(ServerFrame.Ping.class::isInstance).hasSizeBetween(3, 4);
        assertThat(registry.closings()).isZero();
        advance(39_900 - 30_000);
        advance(29_900 + 400);

        assertThat(socket.closed).isEqualTo(CloseCode.NO_PONG);
        assertThat(users.here).isEmpty();
        assertThat(registry.closings()).as("closed, and counted out").isEqualTo(2);
    }

    @Test
    void anExpiredTokenEndsTheConnectionAfterItsGrace() {
        login();
        while (now < TOKEN_LIFE.toMillis() + 24_000) {
            advance(1_000);
            session.receive(new ClientFrame.Pong(0));
        }
        assertThat(socket.closed).isNull();
        advance(1_200);

        assertThat(socket.closed).isEqualTo(CloseCode.TOKEN_EXPIRED);
    }

    @Test
    void aTokenRevokedWhileTheConnectionWasCountedInOpensNothing() {
        users.answerLater();
        auth();
        revoked.add("alice");
        users.answer();

        assertThat(socket.closed).isEqualTo(CloseCode.UNAUTHORIZED);
        assertThat(socket.sent).noneMatch(ServerFrame.AuthSuccess.class::isInstance);
        assertThat(users.here).isEmpty();
    }

    @Test
    void aSocketThatGoesWhileItIsCountedInIsCountedOutAgain() {
        users.answerLater();
        auth();
        session.closed();
        users.answer();

        assertThat(users.here).isEmpty();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatComesWhileAuthenticatingIsDoneAfterwardsInOrder() {
        users.answerLater();
        auth();
        session.receive(new ClientFrame.Ping(7));
        session.receive(new ClientFrame.Ping(8));
        assertThat(socket.sent).isEmpty();
        users.answer();

        assertThat(socket.sent).hasSize(3);
        assertThat(socket.sent.get(0)).isInstanceOf(ServerFrame.AuthSuccess.class);
        assertThat(socket.sent.subList(1, 3)).containsExactly(new ServerFrame.Pong(7), new ServerFrame.Pong(8));
    }

    @Test
    void whenManyComeAtOnceAFewAreLetInAtATimeAndNobodyIsForgotten() {
        users.answerLater();
        EventLoopServices loop = loop();
        List<ClientSession> crowd = new ArrayList<>();
        for (int i = 0; i < Turnstile.AFTER_A_PAUSE + 3; i++) {
            ClientSession one = new ClientSession(new Socket(), services(), loop);
            one.receive(new ClientFrame.Auth(1, "user" + i, List.of(), "", ""));
            crowd.add(one);
        }
        assertThat(users.here).hasSize(Turnstile.AFTER_A_PAUSE);
        crowd.get(Turnstile.AFTER_A_PAUSE).closed();

        users.answer();

        assertThat(crowd.stream().filter(ClientSession::isAuthenticated)).hasSize(crowd.size() - 1);
        assertThat(users.here).hasSize(crowd.size() - 1);
    }

    @Test
    void whoWaitsForItsTurnIsNotTakenForSilent() {
        users.answerLater();
        auth();
        advance(29_000);
        assertThat(socket.closed).isNull();

        users.answer();

        assertThat(session.isAuthenticated()).isTrue();
    }

    @Test
    void theEndIsToldOnce() {
        login();
        session.end(CloseCode.DRAINING);
        session.end(CloseCode.NO_PONG);
        session.closed();

        assertThat(socket.closed).isEqualTo(CloseCode.DRAINING);
        assertThat(users.disconnects).isEqualTo(1);
        assertThat(registry.connections()).isZero();
    }

    @Test
    void nobodyIsJudgedByASilenceThatWasTheNodesOwn() {
        login();
        standStill(45_000);
        assertThat(socket.closed).as("the pong waits in the socket's buffer").isNull();
        session.receive(new ClientFrame.Pong(0));
        advance(25_000);
        assertThat(socket.closed).isNull();

        standStill(45_000);
        advance(9_900);
        assertThat(socket.closed).isNull();
        advance(200);
        assertThat(socket.closed).as("this one is really silent").isEqualTo(CloseCode.NO_PONG);
    }

    @Test
    void aTokenThatRanOutWhileTheNodeStoodStillIsNotBelievedAfterwards() {
        login();
        standStill(TOKEN_LIFE.toMillis() + 26_000);

        assertThat(socket.closed).isEqualTo(CloseCode.TOKEN_EXPIRED);
    }

    @Test
    void aClientThatWasSayingWhoItIsHasItsTimeAgainAfterAStandstill() {
        standStill(20_000);
        assertThat(socket.closed).isNull();
        login();
    }

    @Test
    void aConnectionThatMayStayIsCountedInAgainAndNothingElseHappens() {
        login();
        int sent = socket.sent.size();
        users.here.clear();

        assertThat(session.reassert().succeeded()).isTrue();

        assertThat(users.here).containsExactly(session.id());
        assertThat(socket.sent).hasSize(sent);
        assertThat(socket.closed).isNull();
    }

    @Test
    void aConnectionThatNewerOnesHaveReplacedIsClosed() {
        login();
        users.answers = () -> Future.succeededFuture(false);

        assertThat(session.reassert().succeeded()).isTrue();
        assertThat(socket.closed).isEqualTo(CloseCode.TOO_MANY_CONNECTIONS);
    }

    @Test
    void aConnectionThatIsClosedWhileItIsCountedInAgainLeavesNoGhost() {
        login();
        Promise<Boolean> later = Promise.promise();
        users.answers = later::future;
        Future<Void> done = session.reassert();
        session.closed();
        users.here.add(session.id());
        later.complete(true);

        assertThat(done.succeeded()).isTrue();
        assertThat(users.here).isEmpty();
    }

    @Test
    void aConnectionWhoseOwnerIsOutOfReachStaysAndIsAssertedLater() {
        login();
        users.answers = () -> Future.failedFuture("cut off");

        assertThat(session.reassert().failed()).isTrue();
        assertThat(socket.closed).isNull();
    }

    /** Time goes on and nothing runs; then the wheel is turned once. */
    private void standStill(long millis) {
        now += millis;
        wheel.turn(now);
    }

    private void login() {
        auth();
        assertThat(session.isAuthenticated()).isTrue();
    }

    private void auth() {
        session.receive(new ClientFrame.Auth(1, "alice", List.of(), "", ""));
    }

    /** Turns the wheel tick by tick, as a loop would. */
    private void advance(long millis) {
        long until = now + millis;
        while (now < until) {
            now = Math.min(until, now + Wheel.TICK_MILLIS);
            wheel.turn(now);
        }
    }

    private EventLoopServices loop() {
        EventLoop here = new EmbeddedChannel().eventLoop();
        Hub hub = new Inbox(null, channel -> true, 0, HubListener.NONE).open(here);
        return new EventLoopServices(here, hub, null, wheel, () -> now);
    }

    private SessionServices services() {
        return new SessionServices(
                "n1",
                AuthSettings.DEFAULTS,
                HeartbeatSettings.DEFAULTS,
                () -> LimitSettings.DEFAULTS,
                TenantSettings.DEFAULTS,
                BusSettings.DEFAULTS,
                Map.of(),
                new DataRules(Map.of()),
                new Believer(),
                identity -> revoked.contains(identity.userId()),
                null,
                null,
                null,
                users,
                null,
                null,
                registry,
                new Admission(AdmissionSettings.DEFAULTS, TenantSettings.DEFAULTS),
                SessionListener.NONE,
                Tracing.NONE,
                user -> {},
                () -> Instant.ofEpochMilli(now));
    }

    /** Takes the token for the user's id. */
    static final class Believer implements Authenticator {
        @Override
        public Future<Identity> authenticate(String token) {
            Instant expiresAt = Instant.ofEpochMilli(TOKEN_LIFE.toMillis());
            return Future.succeededFuture(
                    new Identity("", token, "", Instant.EPOCH, expiresAt, List.of(), List.of(), Set.of(), "{}"));
        }

        @Override
        public Future<ChannelGrant> channelGrant(String token, String userId) {
            throw new AssertionError("no channels here");
        }
    }

    static final class Socket extends Connection {
        final List<ServerFrame> sent = new ArrayList<>();
        CloseCode closed;

        @Override
        public void send(ServerFrame frame) {
            sent.add(frame);
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
            return event -> new byte[0];
        }

        @Override
        public void write(Turn turn) {
            throw new AssertionError("no channels here");
        }

        @Override
        public void flush() {}
    }

    static final class Users implements UserStore {
        final Set<String> here = new HashSet<>();
        int disconnects;
        Supplier<Future<Boolean>> answers = () -> Future.succeededFuture(true);
        private Promise<Boolean> later;

        void answerLater() {
            later = Promise.promise();
        }

        void answer() {
            later.complete(true);
        }

        @Override
        public Future<Boolean> connect(String userId, String info, UserSession connecting, int limit) {
            here.add(connecting.sessionId());
            return later == null ? answers.get() : later.future();
        }

        @Override
        public Future<Void> disconnect(String userId, String sessionId) {
            disconnects++;
            here.remove(sessionId);
            return Future.succeededFuture();
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
