package dev.carillon.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Hub;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Subscription;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.presence.Member;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one session: on its hub and, where the namespace tracks them, in their presence. Confined to the
 * session's event loop.
 */
final class Channels {
    private final ClientSession session;
    private final SessionServices services;
    private final EventLoopServices loop;
    private final Identity who;
    private final Map<ChannelName, Place> places = new HashMap<>(4);
    private @Nullable Map<ChannelName, TokenBucket> publishRates;

    /** A channel that is asked for, being joined or joined; empty until the hub answered. */
    private static final class Place {
        @Nullable
        Subscription subscription;

        /** In the channel's presence; null until it is, and where there is none. */
        @Nullable
        Member shown;

        /** Whether a leave from before was done while this was being shown. */
        boolean overtaken;
    }

    Channels(ClientSession session, SessionServices services, EventLoopServices loop, Identity who) {
        this.session = session;
        this.services = services;
        this.loop = loop;
        this.who = who;
    }

    /** @throws ProtocolException if it is no name, or its namespace has no settings */
    ChannelName name(String text, long id) {
        ChannelName name;
        try {
            name = new ChannelName(who.tenant(), text);
        } catch (IllegalArgumentException e) {
            throw ProtocolException.field("channel", id, String.valueOf(e.getMessage()));
        }
        namespace(name, id);
        return name;
    }

    /** @throws ProtocolException if it has no settings */
    @CanIgnoreReturnValue
    NamespaceSettings namespace(ChannelName channel, long id) {
        return services.dataRules().checkNamespace(channel, id);
    }

    List<String> names(boolean shown) {
        return places.entrySet().stream()
                .filter(entry -> shown ? entry.getValue().shown != null : entry.getValue().subscription != null)
                .map(entry -> entry.getKey().value())
                .sorted()
                .toList();
    }

    boolean has(ChannelName channel) {
        return places.containsKey(channel);
    }

    /** @throws ProtocolException if the session is on the channel already, or on too many */
    void checkFree(ChannelName channel, long id) {
        if (places.containsKey(channel) || channel.equals(who.personalChannel())) {
            throw new ProtocolException(ErrorCode.ALREADY_SUBSCRIBED, id);
        }
        // The personal channel is not the client's doing.
        boolean personal = places.containsKey(who.personalChannel());
        if (places.size() - (personal ? 1 : 0) >= services.limits().subscriptionsPerConnection()) {
            throw new ProtocolException(ErrorCode.LIMIT_EXCEEDED, id);
        }
    }

    /** Joins a channel if the answer is yes; the channel counts as taken meanwhile. Fails as the answer does. */
    Future<Hub.Joining> joinIf(Future<Boolean> may, ChannelName channel, @Nullable StreamPosition since) {
        Place place = new Place();
        places.put(channel, place);
        Promise<Hub.Joining> joined = Promise.promise();
        loop.home(may, answer -> {
            if (answer.succeeded() && answer.result() && places.get(channel) == place) {
                loop.home(join(channel, since, place), joined::handle);
            } else {
                places.remove(channel, place);
                joined.fail(answer.failed() ? answer.cause() : new ProtocolException(ErrorCode.PERMISSION_DENIED, 0));
            }
        });
        return joined.future();
    }

    /** Joins a channel without asking anybody. */
    Future<Hub.Joining> join(ChannelName channel, @Nullable StreamPosition since) {
        Place place = new Place();
        places.put(channel, place);
        return join(channel, since, place);
    }

    private Future<Hub.Joining> join(ChannelName channel, @Nullable StreamPosition since, Place place) {
        Promise<Hub.Joining> joined = Promise.promise();
        loop.home(loop.hub().subscribe(channel, session.connection(), since), answer -> {
            if (answer.failed()) {
                places.remove(channel, place);
                joined.fail(answer.cause());
            } else if (places.get(channel) != place) {
                loop.hub().unsubscribe(answer.result().subscription());
                joined.fail(new ProtocolException(ErrorCode.NOT_SUBSCRIBED, 0));
            } else {
                Hub.Joining joining = answer.result().within(services.limits().maxQueuedBytes());
                place.subscription = joining.subscription();
                services.tracing().joined(channel, who.userId(), session.id());
                if (since != null) {
                    services.listener().recovered(joining.recovery().recovered());
                }
                show(channel, place, joining, joined);
            }
        });
        return joined.future();
    }

    /** Adds the session to the channel's presence, if it has one, before the client is told. */
    private void show(ChannelName channel, Place place, Hub.Joining joining, Promise<Hub.Joining> joined) {
        if (!keepsPresence(channel)) {
            joined.complete(joining);
            return;
        }
        Member member = new Member(
                who.userId(), session.id(), who.info(), services.clock().millis(), services.node());
        services.registry().began();
        loop.home(services.presence().join(channel, member), shown -> {
            if (places.get(channel) != place) {
                hide(channel);
                joined.fail(new ProtocolException(ErrorCode.NOT_SUBSCRIBED, 0));
            } else if (shown.failed()) {
                leave(channel);
                joined.fail(shown.cause());
            } else {
                place.shown = member;
                joined.complete(joining);
                if (place.overtaken) {
                    showAgain(channel);
                }
            }
            services.registry().ended();
        });
    }

    /** Leaves a channel, joined or being joined; false if the session is not on it. */
    @CanIgnoreReturnValue
    boolean leave(ChannelName channel) {
        Place place = places.remove(channel);
        if (place == null) {
            return false;
        }
        end(channel, place);
        return true;
    }

    /** Leaves all channels. */
    void close() {
        Map<ChannelName, Place> all = Map.copyOf(places);
        places.clear();
        all.forEach(this::end);
    }

    private void end(ChannelName channel, Place place) {
        Subscription subscription = place.subscription;
        if (subscription != null) {
            loop.hub().unsubscribe(subscription);
            services.tracing().left(channel, who.userId(), session.id());
            if (keepsPresence(channel)) {
                hide(channel);
            }
        }
    }

    private void hide(ChannelName channel) {
        Future<Void> leaving =
                loop.insist("leaving " + channel, () -> services.presence().leave(channel, session.id()));
        services.registry().clearing(leaving);
        leaving.onSuccess(left -> loop.loop().execute(() -> showAgain(channel)));
    }

    /** A leave that was insisted on may have come after the session was on the channel again. */
    private void showAgain(ChannelName channel) {
        Place place = places.get(channel);
        if (place == null) {
            return;
        }
        Member member = place.shown;
        if (member == null) {
            place.overtaken = true;
        } else {
            loop.insist(
                    "joining " + channel,
                    () -> places.get(channel) == place
                            ? services.presence().join(channel, member)
                            : Future.succeededFuture());
        }
    }

    /**
     * Joins the presence of every channel again, one after the other, in case the session was dropped from it. Fails if
     * the cluster could not be reached; then the rest is not asked.
     */
    Future<Void> reassert() {
        Promise<Void> done = Promise.promise();
        reassert(new ArrayDeque<>(places.keySet()), done);
        return done.future();
    }

    private void reassert(Queue<ChannelName> left, Promise<Void> done) {
        ChannelName channel = left.poll();
        while (channel != null && shown(channel) == null) {
            channel = left.poll();
        }
        if (channel == null) {
            done.complete();
            return;
        }
        ChannelName asserted = channel;
        Member member = Objects.requireNonNull(shown(channel));
        loop.home(services.presence().join(channel, member), joined -> {
            if (!places.containsKey(asserted)) {
                hide(asserted);
            }
            if (joined.failed()) {
                done.fail(joined.cause());
            } else {
                // In a turn of its own: others are to be served in between.
                loop.loop().execute(() -> reassert(left, done));
            }
        });
    }

    private @Nullable Member shown(ChannelName channel) {
        Place place = places.get(channel);
        return place == null ? null : place.shown;
    }

    boolean keepsPresence(ChannelName channel) {
        NamespaceSettings namespace = services.namespaces().get(channel.namespace());
        return namespace != null && namespace.presence();
    }

    /** Milliseconds until this session may publish on the channel; 0 if it may now, and then it counts. */
    long publishWait(ChannelName channel, long id) {
        NamespaceSettings namespace = namespace(channel, id);
        long ownWait = ownPublishWait(channel, namespace.publishesPerSecond());
        return ownWait > 0
                ? ownWait
                : services.registry()
                        .shares()
                        .spend(
                                Shares.Kind.CHANNEL,
                                channel.key(),
                                1,
                                services.limits().channelRate(namespace));
    }

    private long ownPublishWait(ChannelName channel, int perSecond) {
        if (perSecond == 0) {
            return 0;
        }
        Map<ChannelName, TokenBucket> rates = publishRates == null ? new HashMap<>(2) : publishRates;
        publishRates = rates;
        long now = loop.ticker().getAsLong();
        if (rates.size() > services.limits().subscriptionsPerConnection()) {
            rates.clear();
        }
        TokenBucket bucket = rates.computeIfAbsent(channel, name -> new TokenBucket(perSecond, now));
        return bucket.take(now) ? 0 : Math.max(1, bucket.waitMillis());
    }
}
