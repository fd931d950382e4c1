package dev.carillon.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.Appended;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.ChannelOwner;
import dev.carillon.channel.Comparison;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Hub;
import dev.carillon.channel.HubListener;
import dev.carillon.channel.Inbox;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.AdmissionSettings;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The way in where there is a personal channel to be joined. */
class EntryTest {
    private static final ChannelName PERSONAL = ChannelName.ofUser("alice");

    /** A channel that nobody wants may be wanted again for so long. */
    private static final long ROUTED_STILL_MILLIS = 5_000;

    private final AtomicLong now = new AtomicLong();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ClientSessionTest.Socket socket = new ClientSessionTest.Socket();
    private final ClientSessionTest.Users users = new ClientSessionTest.Users();
    private final Owner owner = new Owner();
    private final SessionRegistry registry = new SessionRegistry();
    private final List<String> leftovers = new ArrayList<>();
    private NamespaceSettings personal = NamespaceSettings.USER;
    private @Nullable EventLoopServices loop;

    @Test
    void thePersonalChannelIsJoinedWhileTheConnectionIsBeingCountedIn() {
        users.answerLater();
        ClientSession session = auth();

        assertThat(owner.routed).containsExactly(PERSONAL);
        assertThat(session.isAuthenticated()).isFalse();
    }

    @Test
    void aConnectionThatIsRefusedLeavesNoSubscriptionBehind() {
        channel.freezeTime();
        users.answers = () -> Future.succeededFuture(false);
        auth();
        owner.answer();
        pass(Entry.AGAIN_MILLIS);

        assertThat(socket.closed).isEqualTo(CloseCode.TOO_MANY_CONNECTIONS);
        pass(ROUTED_STILL_MILLIS);
        assertThat(owner.routed).isEmpty();
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void aConnectionThatComesBeforeItsPredecessorsAreCountedOutIsLetInALittleLater() {
        channel.freezeTime();
        users.answers = () -> Future.succeededFuture(false);
        ClientSession session = auth();
        owner.answer();
        pass(Entry.AGAIN_MILLIS - 1);
        assertThat(socket.closed).isNull();
        assertThat(session.isAuthenticated()).isFalse();
        assertThat(leftovers).containsExactly("alice");
        users.answers = () -> Future.succeededFuture(true);
        pass(1);

        assertThat(session.isAuthenticated()).isTrue();
        assertThat(registry.isEmpty()).isFalse();
    }

    @Test
    void whileOthersWaitToBeCountedOutAConnectionIsCountedAgainButNotForEver() {
        channel.freezeTime();
        AtomicInteger counted = new AtomicInteger();
        users.answers = () -> {
            counted.incrementAndGet();
            return Future.succeededFuture(false);
        };
        auth();
        owner.answer();
        channel.runPendingTasks();
        List<Promise<Void>> leaving = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Objects.requireNonNull(loop).insist("leaving", () -> {
                Promise<Void> left = Promise.promise();
                leaving.add(left);
                return left.future();
            });
        }
        assertThat(leaving).hasSizeLessThan(100);
        for (int i = 2; i < Entry.MOST_ATTEMPTS; i++) {
            pass(Entry.AGAIN_MILLIS);
        }
        pass(Entry.AGAIN_MILLIS - 1);
        assertThat(counted).hasValue(Entry.MOST_ATTEMPTS - 1);
        assertThat(socket.closed).isNull();
        pass(1);

        assertThat(counted).hasValue(Entry.MOST_ATTEMPTS);
        assertThat(socket.closed).isEqualTo(CloseCode.TOO_MANY_CONNECTIONS);
    }

    @Test
    void aSocketThatGoesWhileItIsToBeCountedAgainLeavesNothingBehind() {
        channel.freezeTime();
        users.answers = () -> Future.succeededFuture(false);
        ClientSession session = auth();
        owner.answer();
        pass(1);
        session.closed();
        users.answers = () -> Future.failedFuture("nobody is there any more");
        pass(Entry.AGAIN_MILLIS + ROUTED_STILL_MILLIS);

        assertThat(socket.closed).isNull();
        assertThat(owner.routed).isEmpty();
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void aSocketThatGoesWhileItIsBeingCountedInLeavesNoSubscriptionBehind() {
        channel.freezeTime();
        users.answerLater();
        ClientSession session = auth();
        owner.answer();
        channel.runPendingTasks();
        session.closed();
        users.answer();
        pass(ROUTED_STILL_MILLIS);

        assertThat(owner.routed).isEmpty();
        assertThat(users.here).isEmpty();
        assertThat(registry.isEmpty()).isTrue();
    }

    @Test
    void whereOthersSeeWhoIsOnThePersonalChannelItIsJoinedOnlyByThoseWhoWereCountedIn() {
        personal = new NamespaceSettings(
                personal.subscribe(),
                personal.publish(),
                personal.authorize(),
                personal.publishThrough(),
                personal.ephemeral(),
                personal.historySize(),
                personal.historyTtl(),
                personal.keyTtl(),
                true,
                false,
                false,
                personal.maxDataBytes(),
                personal.compressAboveBytes(),
                personal.publishesPerSecond(),
                personal.channelPublishesPerSecond(),
                personal.slowConsumer(),
                personal.conflationKey(),
                personal.schema());
        users.answerLater();
        auth();
        assertThat(owner.routed).isEmpty();

        users.answer();

        assertThat(owner.routed).containsExactly(PERSONAL);
    }

    private void pass(long millis) {
        channel.runPendingTasks();
        now.addAndGet(millis);
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private ClientSession auth() {
        Map<String, NamespaceSettings> namespaces = Map.of(ChannelName.USER_NAMESPACE, personal);
        Hub hub = new Inbox(owner, name -> false, 0, HubListener.NONE, now::get).open(channel.eventLoop());
        loop = new EventLoopServices(channel.eventLoop(), hub, null, new Wheel(0), () -> 0);
        ClientSession session = new ClientSession(socket, services(namespaces), loop);
        session.receive(new ClientFrame.Auth(1, "alice", List.of(), "", ""));
        return session;
    }

    private SessionServices services(Map<String, NamespaceSettings> namespaces) {
        return new SessionServices(
                "n1",
                AuthSettings.DEFAULTS,
                HeartbeatSettings.DEFAULTS,
                () -> LimitSettings.DEFAULTS,
                TenantSettings.DEFAULTS,
                BusSettings.DEFAULTS,
                namespaces,
                new DataRules(namespaces),
                new ClientSessionTest.Believer(),
                identity -> false,
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
                leftovers::add,
                () -> Instant.EPOCH);
    }

    /** Knows which channels it routes to this node, and answers when it is told to. */
    private static final class Owner implements ChannelOwner {
        final List<ChannelName> routed = new ArrayList<>();
        private final List<Promise<Recovery>> asked = new ArrayList<>();

        void answer() {
            asked.forEach(promise -> promise.tryComplete(new Recovery(new StreamPosition("e", 0), true, List.of())));
        }

        @Override
        public boolean refuses() {
            return false;
        }

        @Override
        public Future<Recovery> subscribe(
                ChannelName channel,
                long interest,
                @Nullable StreamPosition since,
                int limit,
                @Nullable StreamPosition changesSince) {
            routed.add(channel);
            Promise<Recovery> promise = Promise.promise();
            asked.add(promise);
            return promise.future();
        }

        @Override
        public Future<Void> unsubscribe(ChannelName channel, long interest) {
            routed.remove(channel);
            return Future.succeededFuture();
        }

        @Override
        public Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts) {
            throw new AssertionError("nobody publishes");
        }

        @Override
        public Future<Comparison> compare(List<Standing> standings) {
            throw new AssertionError("nobody compares");
        }
    }
}
