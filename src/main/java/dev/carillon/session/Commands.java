package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Hub;
import dev.carillon.channel.StreamPosition;
import dev.carillon.config.BusSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an authenticated client may ask for. Every command with an id gets one reply; one without only if it fails.
 * Confined to the session's event loop.
 */
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

    private final ClientSession session;
    private final SessionServices services;
    private final EventLoopServices loop;
    private final Channels channels;
    private final Answers answers;
    private final Publishing publishing;
    private Identity who;

    Commands(ClientSession session, SessionServices services, EventLoopServices loop, Identity who) {
        this.session = session;
        this.services = services;
        this.loop = loop;
        this.who = who;
        this.channels = new Channels(session, services, loop, who);
        this.answers = new Answers(session, services.limits(), session.intake(), loop);
        this.publishing = new Publishing(session, services, loop, channels, answers);
    }

    /** Ends every subscription. */
    void close() {
        channels.close();
    }

    /**
     * Names of the channels it is on, in order.
     *
     * @param shown only those in whose presence it is
     */
    List<String> channelNames(boolean shown) {
        return channels.names(shown);
    }

    /** Whether no command waits for its answer. */
    boolean isIdle() {
        return answers.isIdle();
    }

    /** Joins the presence of its channels again; fails if the cluster cannot be reached. */
    Future<Void> reassert() {
        return channels.reassert();
    }

    void run(ClientFrame frame) {
        if (frame instanceof ClientFrame.Pong || !answers.withinRate(who, frame.id())) {
            return;
        }
        try {
            dispatch(frame);
        } catch (ProtocolException refused) {
            session.send(ServerFrame.Error.of(refused));
        }
    }

    void refused(ProtocolException reason) {
        if (answers.withinRate(who, reason.id())) {
            session.send(ServerFrame.Error.of(reason));
        }
    }

    private void dispatch(ClientFrame frame) {
        if (frame instanceof ClientFrame.Publish publish) {
            publishing.publish(who, publish);
        } else if (frame instanceof ClientFrame.Subscribe subscribe) {
            subscribe(subscribe);
        } else if (frame instanceof ClientFrame.Unsubscribe unsubscribe) {
            unsubscribe(unsubscribe);
        } else if (frame instanceof ClientFrame.History history) {
            history(history);
        } else if (frame instanceof ClientFrame.Presence presence) {
            presence(presence);
        } else if (frame instanceof ClientFrame.Request request) {
            request(request);
        } else if (frame instanceof ClientFrame.Refresh refresh) {
            refresh(refresh);
        } else if (frame instanceof ClientFrame.Ping ping) {
            session.send(new ServerFrame.Pong(ping.id()));
        } else if (frame instanceof ClientFrame.Auth auth) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, auth.id(), "bad request: already authenticated");
        } else {
            throw new AssertionError(frame.getClass());
        }
    }

    private ChannelName channel(String name, long id) {
        return channels.name(name, id);
    }

    private NamespaceSettings namespace(ChannelName channel, long id) {
        return channels.namespace(channel, id);
    }

    // --- channels

    /**
     * Joins the personal channel before the connection is counted in: only the hub and the channel's owner know of it
     * until then. Null if there is none, or if others would see it on the channel.
     */
    @Nullable
    Future<Hub.Joining> joinPersonalEarly(List<ClientFrame.Subscribe> asked) {
        return channels.keepsPresence(who.personalChannel()) ? null : joinPersonal(asked);
    }

    /** From where {@code auth} asks for it to be continued. */
    private @Nullable Future<Hub.Joining> joinPersonal(List<ClientFrame.Subscribe> asked) {
        if (!hearsPersonal(asked) || !services.namespaces().containsKey(ChannelName.USER_NAMESPACE)) {
            return null;
        }
        ChannelName personal = who.personalChannel();
        StreamPosition since = null;
        for (ClientFrame.Subscribe subscribe : asked) {
            if (subscribe.channel().equals(personal.value())) {
                since = subscribe.since();
            }
        }
        return channels.join(personal, since);
    }

    /** Bare data does not say which channel it is of: such a socket has the one it asked for, and this one if that says so. */
    private boolean hearsPersonal(List<ClientFrame.Subscribe> asked) {
        if (!session.connection().transport().equals(Connection.BARE)) {
            return true;
        }
        for (ClientFrame.Subscribe subscribe : asked) {
            NamespaceSettings namespace = services.namespaces().get(new ChannelName(subscribe.channel()).namespace());
            if (namespace != null && namespace.personal()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Subscribes the personal channel and those asked for with {@code auth}; tells what came of it once all have an
     * outcome.
     *
     * @param early the personal channel, if it is being joined already
     */
    void subscribeFirst(
            List<ClientFrame.Subscribe> asked,
            @Nullable Future<Hub.Joining> early,
            BiConsumer<List<Hub.Joining>, List<ServerFrame.Error>> outcome) {
        String own = who.personalChannel().value();
        Future<Hub.Joining> personal = early == null ? joinPersonal(asked) : early;
        FirstJoins joins = new FirstJoins(outcome);
        if (personal != null) {
            joins.add(own, personal);
        }
        for (ClientFrame.Subscribe subscribe : asked) {
            if (!subscribe.channel().equals(own)) {
                joins.add(subscribe.channel(), permittedJoin(subscribe));
            }
        }
        joins.done();
    }

    /** The channels of an {@code auth}, on their way. */
    private final class FirstJoins {
        private final BiConsumer<List<Hub.Joining>, List<ServerFrame.Error>> outcome;
        private final List<Hub.Joining> joined = new ArrayList<>(2);
        private final List<ServerFrame.Error> refused = new ArrayList<>(0);

        /** Those without an outcome, and one until all are added. */
        private int open = 1;

        FirstJoins(BiConsumer<List<Hub.Joining>, List<ServerFrame.Error>> outcome) {
            this.outcome = outcome;
        }

        void add(String channel, Future<Hub.Joining> join) {
            open++;
            loop.home(join, one -> {
                if (one.succeeded()) {
                    joined.add(one.result());
                } else {
                    refused.add(about(channel, one.cause()));
                }
                done();
            });
        }

        void done() {
            if (--open == 0) {
                outcome.accept(joined, refused);
            }
        }
    }

    private ServerFrame.Error about(String channel, Throwable cause) {
        ServerFrame.Error error = answers.error(0, cause);
        return new ServerFrame.Error(0, channel, error.code(), error.error(), error.temporary(), error.retryAfter());
    }

    private void subscribe(ClientFrame.Subscribe subscribe) {
        answers.begin(subscribe.id());
        loop.home(permittedJoin(subscribe), joined -> {
            if (session.isClosed()) {
                return;
            }
            if (joined.succeeded()) {
                // Shown with or without an id: it brings the position and what was missed.
                answers.done(subscribe.id());
                session.send(ClientSession.subscribed(subscribe.id(), joined.result()));
                loop.hub().goLive(joined.result());
            } else {
                answers.fail(subscribe.id(), subscribe.channel(), joined.cause());
            }
        });
    }

    private Future<Hub.Joining> permittedJoin(ClientFrame.Subscribe subscribe) {
        try {
            ChannelName channel = channel(subscribe.channel(), subscribe.id());
            channels.checkFree(channel, subscribe.id());
            return channels.joinIf(
                    services.permissions().maySubscribe(who, session.id(), channel, subscribe.token()),
                    channel,
                    subscribe.since());
        } catch (ProtocolException refused) {
            return Future.failedFuture(refused);
        }
    }

    private void unsubscribe(ClientFrame.Unsubscribe unsubscribe) {
        ChannelName channel = channel(unsubscribe.channel(), unsubscribe.id());
        if (channel.equals(who.personalChannel())) {
            throw new ProtocolException(ErrorCode.PERMISSION_DENIED, unsubscribe.id());
        }
        if (!channels.leave(channel)) {
            throw new ProtocolException(ErrorCode.NOT_SUBSCRIBED, unsubscribe.id());
        }
        if (unsubscribe.id() != 0) {
            session.send(unsubscribed(unsubscribe.id(), channel, "unsubscribed"));
        }
    }

    private static ServerFrame.Unsubscribed unsubscribed(long id, ChannelName channel, String reason) {
        return new ServerFrame.Unsubscribed(id, channel.value(), ServerFrame.Unsubscribed.ASKED_FOR, reason);
    }

    void subscribeByServer(ChannelName channel) {
        if (!channels.has(channel)) {
            loop.home(channels.join(channel, null), joined -> {
                if (joined.succeeded() && !session.isClosed()) {
                    session.send(ClientSession.subscribed(0, joined.result()));
                    loop.hub().goLive(joined.result());
                }
            });
        }
    }

    void unsubscribeByServer(ChannelName channel) {
        if (channels.leave(channel)) {
            session.send(unsubscribed(0, channel, "unsubscribed by the server"));
        }
    }

    // --- messages

    private void history(ClientFrame.History history) {
        ChannelName channel = channel(history.channel(), history.id());
        NamespaceSettings namespace = namespace(channel, history.id());
        if (namespace.ephemeral() || namespace.historySize() == 0) {
            throw ProtocolException.field("channel", history.id(), "keeps no history");
        }
        answers.begin(history.id());
        int limit = Math.min(history.limit(), services.limits().historyPage());
        answers.answer(
                history.id(),
                channel.value(),
                ifMayRead(channel, history.id())
                        .compose(
                                may -> services.channels().history(channel, history.since(), limit, history.reverse())),
                page -> new ServerFrame.History(
                        history.id(),
                        channel.value(),
                        page.position(),
                        page.within(services.limits().maxQueuedBytes()).publications()));
    }

    private void presence(ClientFrame.Presence presence) {
        ChannelName channel = channel(presence.channel(), presence.id());
        if (!namespace(channel, presence.id()).presence()) {
            throw ProtocolException.field("channel", presence.id(), "keeps no presence");
        }
        answers.begin(presence.id());
        answers.answer(
                presence.id(),
                channel.value(),
                ifMayRead(channel, presence.id())
                        .compose(may -> services.presence().snapshot(channel)),
                snapshot -> new ServerFrame.Presence(presence.id(), channel.value(), snapshot, presence.stats()));
    }

    /** Who may subscribe may read; who is subscribed has been asked already. */
    private Future<Boolean> ifMayRead(ChannelName channel, long id) {
        if (channels.has(channel)) {
            return Future.succeededFuture(true);
        }
        return services.permissions()
                .maySubscribe(who, session.id(), channel, null)
                .compose(may -> may
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(new ProtocolException(ErrorCode.PERMISSION_DENIED, id)));
    }

    private void request(ClientFrame.Request request) {
        if (!BusSettings.permits(services.bus().requests(), request.address())) {
            throw new ProtocolException(ErrorCode.PERMISSION_DENIED, request.id());
        }
        answers.begin(request.id());
        Duration longest = services.limits().requestTimeout();
        Duration wanted = request.timeout();
        Duration timeout = wanted == null || wanted.compareTo(longest) > 0 ? longest : wanted;
        answers.answer(
                request.id(),
                "",
                services.requests()
                        .request(who, session.id(), request.address(), request.data(), timeout, request.traceparent()),
                data -> new ServerFrame.Reply(request.id(), data));
    }

    private void refresh(ClientFrame.Refresh refresh) {
        answers.begin(refresh.id());
        answers.answer(
                refresh.id(),
                "",
                services.authenticator()
                        .authenticate(refresh.token())
                        .recover(cause ->
                                Future.failedFuture(new ProtocolException(ErrorCode.PERMISSION_DENIED, refresh.id())))
                        .compose(fresh -> fresh.userKey().equals(who.userKey())
                                ? Future.succeededFuture(fresh)
                                : Future.failedFuture(
                                        new ProtocolException(ErrorCode.PERMISSION_DENIED, refresh.id()))),
                fresh -> {
                    who = fresh;
                    session.refreshed(fresh);
                    return new ServerFrame.Refreshed(refresh.id(), fresh.expiresAt());
                });
    }
}
