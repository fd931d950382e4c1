package dev.carillon.bus;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.HistoryPage;
import dev.carillon.presence.PresenceSnapshot;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway, as verticles of the same Vert.x cluster use it; also in processes that are no node. It speaks the event
 * bus, and {@link BusService} says what; only a publish beside a node needs no message.
 *
 * <pre>{@code
 * Carillon carillon = Carillon.connect(vertx);
 * carillon.publish("feed", new JsonObject().put("title", "Hello"));
 * }</pre>
 *
 * <p>Data is a JsonObject, JsonArray, Map, List, text, number, boolean or null; a Buffer holds JSON already. It is
 * encoded within the call and may be changed afterwards.
 *
 * <p>Every future fails with {@link CarillonException}. Temporary failures are retried first, three attempts in all, none
 * after 15 s, so that the last has ended after half a minute; a publish keeps its key meanwhile, so that it is appended
 * once. An ephemeral namespace keeps no keys: there a retry after a time-out may arrive twice. Publishes of one thread to
 * one channel are appended in the order of the calls, without waiting in between; one that had to be retried may come
 * after later ones, so wait for it if that matters.
 *
 * <p>Safe on any thread; futures complete on the caller's context. At most {@value #MAX_PENDING} calls wait at a time.
 */
public final class Carillon {
    static final int MAX_PENDING = 10_000;

    private final Vertx vertx;
    private final NodeLink link;
    private final String tenant;
    private final String keyPrefix = random() + "-";
    private final AtomicLong keys = new AtomicLong();

    private Carillon(Vertx vertx, NodeLink link, String tenant) {
        this.vertx = vertx;
        this.link = link;
        this.tenant = tenant;
    }

    /** Does not wait for a node; calls fail with 101 while there is none. */
    public static Carillon connect(Vertx vertx) {
        return connect(vertx, Retry.DEFAULTS);
    }

    static Carillon connect(Vertx vertx, Retry retry) {
        return connect(vertx, retry, System::nanoTime);
    }

    static Carillon connect(Vertx vertx, Retry retry, LongSupplier nanoTime) {
        return new Carillon(vertx, new NodeLink(vertx, retry, nanoTime), "");
    }

    /**
     * The channels and users of one tenant. What is registered hears of all tenants either way, and is told which.
     *
     * @param name as the {@code tenant} claim has it; empty for the channels and users of no tenant
     */
    public Carillon of(String name) {
        return new Carillon(vertx, link, name);
    }

    /** Publishes on a channel as a server. */
    public Future<Ack> publish(String channel, @Nullable Object data) {
        return publish(channel, data, PublishOptions.DEFAULTS);
    }

    /** Publishes on a channel. */
    public Future<Ack> publish(String channel, @Nullable Object data, PublishOptions options) {
        Payload payload;
        try {
            payload = JsonData.payload(data);
        } catch (IllegalArgumentException e) {
            return refusedData(e);
        }
        String key = options.key();
        return link.publish(new PublishRequest(
                tenant.isEmpty() ? null : tenant,
                channel,
                key == null ? randomKey() : key,
                options.userId(),
                options.traceparent(),
                payload));
    }

    /** Publishes on the personal channel of a user: every connection of the user gets it. */
    public Future<Ack> publishToUser(String userId, @Nullable Object data) {
        return publish(ChannelName.USER_NAMESPACE + ":" + userId, data);
    }

    /** Publishes the same on many channels; those that fail do not stop the others. */
    public Future<Broadcast> broadcast(List<String> channels, @Nullable Object data) {
        return broadcast("channels", channels, data);
    }

    /** Publishes the same on the personal channels of many users; those that fail do not stop the others. */
    public Future<Broadcast> broadcastToUsers(List<String> users, @Nullable Object data) {
        return broadcast("users", users, data);
    }

    /** The newest publications that the channel keeps, oldest first. */
    public Future<HistoryPage> history(String channel, int limit) {
        return history(channel, null, limit, true).map(page -> {
            List<Publication> oldestFirst = new ArrayList<>(page.publications());
            Collections.reverse(oldestFirst);
            return new HistoryPage(page.position(), oldestFirst, page.complete());
        });
    }

    /**
     * Publications that the channel keeps.
     *
     * @param since only those after it; null for all
     * @param reverse newest first
     */
    public Future<HistoryPage> history(String channel, @Nullable StreamPosition since, int limit, boolean reverse) {
        JsonObject command =
                command("history").put("channel", channel).put("limit", limit).put("reverse", reverse);
        if (since != null) {
            command.put("since", new JsonObject().put("epoch", since.epoch()).put("offset", since.offset()));
        }
        return link.ask(
                command, NodeLink.options(), answer -> BusReplies.history(new ChannelName(tenant, channel), answer));
    }

    /** Who is on a channel. */
    public Future<PresenceSnapshot> presence(String channel) {
        return link.ask(command("presence").put("channel", channel), NodeLink.options(), BusReplies::presence);
    }

    /** Whether a user is online, and where. */
    public Future<UserStatus> user(String userId) {
        return link.ask(command("user").put("user_id", userId), NodeLink.options(), BusReplies::user);
    }

    /** Closes all connections of a user with 4401, wherever they are; returns how many there were. */
    public Future<Integer> disconnect(String userId) {
        return link.ask(
                command("disconnect").put("user_id", userId),
                NodeLink.options(),
                answer -> answer.getInteger("disconnected"));
    }

    /**
     * Decides who may subscribe and publish in the namespaces whose {@code authorize} names the address. Only an answer
     * is final: where the handler fails, or does not answer within {@code limits.authorize-timeout}, the client is told
     * 101 and may try again. Of several handlers of one address any one is asked.
     */
    public Future<Registration> onAuthorize(String address, Function<AuthorizeRequest, Future<Boolean>> handler) {
        return register(vertx.eventBus().consumer(address, new AuthorizeHandler(handler)));
    }

    /**
     * Answers clients' requests to the address, which {@code bus.requests} must permit.
     *
     * @param handler its future holds JSON data as for {@link #publish}; fails with {@link RequestFailed} for what the
     *     client is told, anything else is logged and reaches the client as 100
     */
    public Future<Registration> onRequest(String address, Function<ClientRequest, ? extends Future<?>> handler) {
        return register(vertx.eventBus().consumer(address, RequestHandler.ofRequests(handler)));
    }

    /**
     * Says what is published for clients in the namespaces whose {@code publish-through} names the address. A repeat of a
     * publish comes again, with its key: what was published first stays, whatever is answered then. Several of one client
     * may be under way, and are published in the order it sent them.
     *
     * @param handler its future holds the data to be published, as for {@link #publish}, or bytes as a Buffer where bytes
     *     were given; fails with {@link RequestFailed} to refuse, which the client is told. Where it fails otherwise, or
     *     does not answer within {@code limits.authorize-timeout}, the client is told 101 and may try again
     */
    public Future<Registration> onPublish(String address, Function<ClientPublish, ? extends Future<?>> handler) {
        return register(vertx.eventBus().consumer(address, RequestHandler.ofPublishes(handler)));
    }

    /** Is told of every user that comes, once; what happens before the future completes may be missed. */
    public Future<Registration> onUserOnline(Handler<UserEvent> handler) {
        return onUserEvent(BusAddresses.USER_ONLINE, handler);
    }

    /** Is told of every user that has gone, once, after the grace period. */
    public Future<Registration> onUserOffline(Handler<UserEvent> handler) {
        return onUserEvent(BusAddresses.USER_OFFLINE, handler);
    }

    private Future<Broadcast> broadcast(String kind, List<String> targets, @Nullable Object data) {
        Object body;
        try {
            body = JsonData.body(JsonData.payload(data));
        } catch (IllegalArgumentException e) {
            return refusedData(e);
        }
        JsonObject command = command("broadcast").put("data", body).put("key", randomKey());
        return new Broadcaster(vertx, link, kind, command).run(targets);
    }

    private Future<Registration> onUserEvent(String address, Handler<UserEvent> handler) {
        return register(vertx.eventBus()
                .<JsonObject>consumer(address, message -> handler.handle(UserEvents.read(message.body()))));
    }

    private static <T> Future<Registration> register(MessageConsumer<T> consumer) {
        return consumer.completion().map(consumer::unregister);
    }

    private JsonObject command(String name) {
        JsonObject command = new JsonObject().put("command", name);
        return tenant.isEmpty() ? command : command.put("tenant", tenant);
    }

    private static <T> Future<T> refusedData(IllegalArgumentException cause) {
        return Future.failedFuture(
                new CarillonException(ErrorCode.BAD_REQUEST.code(), "bad request: data " + cause.getMessage()));
    }

    /** As a UUID has it, in fewer characters: owners keep it with each key. */
    private static String random() {
        UUID id = UUID.randomUUID();
        return Long.toUnsignedString(id.getMostSignificantBits(), Character.MAX_RADIX)
                + Long.toUnsignedString(id.getLeastSignificantBits(), Character.MAX_RADIX);
    }

    private String randomKey() {
        return keyPrefix + Long.toString(keys.incrementAndGet(), 36);
    }
}
