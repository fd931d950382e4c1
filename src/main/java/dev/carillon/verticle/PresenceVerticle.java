package dev.carillon.verticle;

import dev.carillon.bus.UserEvents;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Tenant;
import dev.carillon.cluster.HazelcastUserStore;
import dev.carillon.session.Gateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces users: {@code user_online} when the first connection of a user is counted in, {@code user_offline} when the
 * grace period after the last one has passed and nobody came back. Each is published once on the channel
 * {@code online}, by its key, and once on the event bus; if this node dies before it could, the survivor that takes
 * over the grace period does it. When thousands come or go at once, they are announced together. Safe on any thread.
 */
final class PresenceVerticle extends VerticleBase implements HazelcastUserStore.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceVerticle.class);

    private static final int WORTH_A_WARNING = 8;
    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 10_000;

    /** What is announced within so long is appended by one step of the channel's owner, not one each. */
    static final long GATHER_MILLIS = 10;

    /** For the news that somebody is online, which is no longer worth telling after a minute or so. */
    private static final int ONLINE_ATTEMPTS = 10;

    private final HazelcastUserStore users;
    private final Gateway gateway;
    private final UserEvents events;
    private final Duration grace;
    private final BooleanSupplier mayAnnounce;
    private final Queue<Runnable> gathered = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean gathering = new AtomicBoolean();

    /** @param mayAnnounce whether this node is sure to be in the cluster */
    PresenceVerticle(
            HazelcastUserStore users, Gateway gateway, UserEvents events, Duration grace, BooleanSupplier mayAnnounce) {
        this.users = users;
        this.gateway = gateway;
        this.events = events;
        this.grace = grace;
        this.mayAnnounce = mayAnnounce;
    }

    @Override
    public Future<?> start() {
        users.watch(this);
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        users.watch(HazelcastUserStore.Watch.NOBODY);
        announceGathered();
        return Future.succeededFuture();
    }

    @Override
    public void cameOnline(String userId, String info, long version) {
        cameOnline(userId, info, version, 1);
    }

    private void cameOnline(String userId, String info, long version, int attempt) {
        announce("user_online", events::online, userId, info, version).onFailure(cause -> {
            if (attempt < ONLINE_ATTEMPTS) {
                vertx.setTimer(pause(attempt), later -> ifStillOnline(userId, info, version, attempt + 1));
            } else {
                LOG.warn("user_online was not announced after {} attempts", attempt, cause);
            }
        });
    }

    /** Late news must not come after those of a leave. */
    private void ifStillOnline(String userId, String info, long version, int attempt) {
        users.status(userId).onComplete(status -> {
            if (status.failed() || status.result().online()) {
                cameOnline(userId, info, version, attempt);
            }
        });
    }

    @Override
    public void leaving(String userId, long version) {
        context.runOnContext(now -> checkLater(userId, version, Math.max(1, grace.toMillis()), 1));
    }

    private void checkLater(String userId, long version, long delayMillis, int attempt) {
        vertx.setTimer(delayMillis, now -> check(userId, version, attempt));
    }

    /**
     * A grace period that ran out while this node slept may have been another's to watch meanwhile: the owner knows, but
     * is asked only when this node is sure to be in the cluster. Ends when the owner says so, or with this node, whose
     * grace periods a survivor takes over.
     */
    private void check(String userId, long version, int attempt) {
        if (!mayAnnounce.getAsBoolean()) {
            checkLater(userId, version, pause(1), attempt);
            return;
        }
        leave(userId, version).onFailure(cause -> {
            if (attempt == WORTH_A_WARNING) {
                LOG.warn("user_offline could not be announced {} times; it is tried on", attempt, cause);
            }
            checkLater(userId, version, pause(attempt), attempt + 1);
        });
    }

    private static long pause(int attempt) {
        return Math.min(FIRST_PAUSE_MS << Math.min(attempt - 1, 10), LONGEST_PAUSE_MS);
    }

    /**
     * First announced, then noted: if this node dies between the two, a survivor announces again with the same key,
     * which is no second publication. Who came back between the two is announced as online again.
     */
    private Future<Void> leave(String userId, long version) {
        return users.isLeaving(userId, version)
                .compose(info -> info.isEmpty()
                        ? Future.succeededFuture()
                        : announce("user_offline", events::offline, userId, info.get(), version)
                                .compose(announced -> users.wentOffline(userId, version))
                                .compose(back -> returned(userId, back, version)));
    }

    private Future<Void> returned(String userId, Optional<String> info, long version) {
        return info.isEmpty()
                ? Future.succeededFuture()
                : announce("user_online", events::online, userId, info.get(), version + 1)
                        .mapEmpty();
    }

    private Future<Ack> announce(
            String type, BiConsumer<String, JsonObject> toVerticles, String userId, String info, long version) {
        Promise<Ack> announced = Promise.promise();
        gathered.add(() -> announceNow(type, toVerticles, userId, info, version).onComplete(announced));
        if (gathering.compareAndSet(false, true)) {
            vertx.setTimer(GATHER_MILLIS, now -> announceGathered());
        }
        return announced.future();
    }

    /** In the order it was gathered. */
    private void announceGathered() {
        gathering.set(false);
        for (Runnable next = gathered.poll(); next != null; next = gathered.poll()) {
            next.run();
        }
    }

    private Future<Ack> announceNow(
            String type, BiConsumer<String, JsonObject> toVerticles, String userId, String info, long version) {
        // Its tenant's alone hear of a user.
        ChannelName online = ChannelName.ONLINE.in(Tenant.of(userId));
        String shown = Tenant.name(userId);
        JsonObject told = new JsonObject(info);
        JsonObject event = told.copy().put("type", type).put("user_id", shown);
        // The user is part of a key's scope, so type and version tell one announcement from another.
        String key = type + ":" + version;
        return gateway.publish(online, Payload.json(event.encode()), shown, key, null)
                .onSuccess(ack -> {
                    if (!ack.duplicate()) {
                        toVerticles.accept(userId, told);
                    }
                });
    }
}
