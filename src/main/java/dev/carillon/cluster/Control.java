package dev.carillon.cluster;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.cluster.link.NodeAddress;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes ask of one another about their sessions. Each question goes to a node's one address and is answered with
 * a count; a node that does not answer counts as nothing, because its connections end with it. Safe on any thread.
 */
final class Control {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);
    private static final long TIMEOUT_MS = 5_000;
    private static final int ATTEMPTS = 8;
    private static final long PAUSE_MS = 100;
    private static final long QUICK_TIMEOUT_MS = 1_000;

    private final Vertx vertx;
    private final SessionRegistry sessions;
    private final Consumer<String> leaver;
    private final BiPredicate<String, Long> members;
    private final Runnable reassert;

    /**
     * @param leaver is told the id of a node that is about to leave
     * @param members whether a node, in an incarnation, is among the members that this node knows
     * @param reassert asserts again what others keep for this node
     */
    Control(
            Vertx vertx,
            SessionRegistry sessions,
            Consumer<String> leaver,
            BiPredicate<String, Long> members,
            Runnable reassert) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.leaver = leaver;
        this.members = members;
        this.reassert = reassert;
    }

    Future<Integer> disconnect(Collection<String> nodes, String userId, @Nullable String sessionId, CloseCode code) {
        return ask(
                nodes,
                new JsonObject()
                        .put("do", "disconnect")
                        .put("user", userId)
                        .put("session", sessionId)
                        .put("code", code.name()));
    }

    Future<Integer> subscribe(Collection<String> nodes, String userId, ChannelName channel) {
        return ask(
                nodes,
                new JsonObject().put("do", "subscribe").put("user", userId).put("channel", channel.key()));
    }

    Future<Integer> unsubscribe(Collection<String> nodes, String userId, ChannelName channel) {
        return ask(
                nodes,
                new JsonObject().put("do", "unsubscribe").put("user", userId).put("channel", channel.key()));
    }

    Future<Integer> revokeUser(Collection<String> nodes, String userId, Instant before) {
        return ask(
                nodes, new JsonObject().put("do", "revoke").put("user", userId).put("before", before.toEpochMilli()));
    }

    /** @param tenant whose users' tokens are meant, empty for those who have none */
    Future<Integer> revokeAll(Collection<String> nodes, String tenant, Instant before) {
        return ask(
                nodes,
                new JsonObject().put("do", "revoke").put("tenant", tenant).put("before", before.toEpochMilli()));
    }

    Future<Integer> revokeToken(Collection<String> nodes, String tokenId) {
        return ask(nodes, new JsonObject().put("do", "revoke").put("token", tokenId));
    }

    /** Closes whatever connections a user has, on every node: one may just be coming. */
    Future<Integer> block(Collection<String> nodes, String userId) {
        return disconnect(nodes, userId, null, CloseCode.UNAUTHORIZED);
    }

    /**
     * Says goodbye, so that the others do not take this node for one that was lost. Completes when they have that, and
     * everything that the event bus was given for them before.
     */
    Future<Integer> leaving(Collection<String> nodes, String self) {
        return ask(nodes, new JsonObject().put("do", "leaving").put("node", self));
    }

    /** How many have a node among their members; one that does not answer within a second does not. */
    Future<Integer> know(Collection<String> nodes, String node, long incarnation) {
        return ask(
                nodes,
                new JsonObject().put("do", "know").put("node", node).put("incarnation", incarnation),
                QUICK_TIMEOUT_MS);
    }

    /** Has nodes assert again what others keep for them. */
    Future<Integer> reassert(Collection<String> nodes) {
        return ask(nodes, new JsonObject().put("do", "reassert"));
    }

    /** Tells nodes what those used here in the last second who used much. */
    Future<Integer> tellShares(Collection<String> nodes) {
        Map<String, Long> shares = sessions.shares().toTell();
        if (shares.isEmpty() || nodes.isEmpty()) {
            return Future.succeededFuture(0);
        }
        return ask(
                nodes,
                new JsonObject().put("do", "used").put("shares", new JsonObject(new HashMap<>(shares))),
                QUICK_TIMEOUT_MS);
    }

    private Future<Integer> ask(Collection<String> nodes, JsonObject question) {
        return ask(nodes, question, TIMEOUT_MS);
    }

    /** Asks again where nobody hears yet: that a node has its address is known elsewhere a moment after it joined. */
    private Future<Integer> request(String node, JsonObject question, DeliveryOptions options, int attempts) {
        return vertx.eventBus()
                .<Integer>request(NodeAddress.of(node), question, options)
                .map(Message::body)
                .recover(cause -> {
                    boolean unheard = cause instanceof ReplyException refused
                            && refused.failureType() == ReplyFailure.NO_HANDLERS;
                    if (!unheard || attempts == 1) {
                        return Future.failedFuture(cause);
                    }
                    Promise<Integer> again = Promise.promise();
                    vertx.setTimer(
                            PAUSE_MS,
                            now -> request(node, question, options, attempts - 1)
                                    .onComplete(again));
                    return again.future();
                });
    }

    private Future<Integer> ask(Collection<String> nodes, JsonObject question, long timeoutMs) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeoutMs);
        List<Future<Integer>> answers = nodes.stream()
                .map(node -> request(node, question, options, ATTEMPTS).otherwise(cause -> {
                    LOG.warn("node {} did not answer '{}': {}", node, question.getString("do"), cause.toString());
                    return 0;
                }))
                .toList();
        return Future.all(answers)
                .map(all -> answers.stream().mapToInt(Future::result).sum());
    }

    /** Answers another node's, or this node's own, question. */
    void answer(Message<Object> message) {
        if (!(message.body() instanceof JsonObject question)) {
            message.fail(400, "not a question");
            return;
        }
        try {
            message.reply(answer(question));
        } catch (RuntimeException e) {
            LOG.warn("a node asked what this one does not understand; is it of another version?", e);
            message.fail(400, "not understood");
        }
    }

    private int answer(JsonObject question) {
        String user = question.getString("user", "");
        return switch (question.getString("do")) {
            case "disconnect" ->
                sessions.disconnect(user, question.getString("session"), CloseCode.valueOf(question.getString("code")));
            case "subscribe" -> sessions.subscribe(user, ChannelName.ofKey(question.getString("channel")));
            case "unsubscribe" -> sessions.unsubscribe(user, ChannelName.ofKey(question.getString("channel")));
            case "know" -> members.test(question.getString("node"), question.getLong("incarnation")) ? 1 : 0;
            case "reassert" -> {
                reassert.run();
                yield 1;
            }
            case "revoke" -> {
                sessions.endRevoked(identity -> isMeant(question, identity));
                yield 0;
            }
            case "used" -> {
                Map<String, Long> used = new HashMap<>();
                JsonObject shares = question.getJsonObject("shares");
                shares.fieldNames().forEach(key -> used.put(key, shares.getLong(key)));
                sessions.shares().usedElsewhere(used);
                yield 1;
            }
            case "leaving" -> {
                leaver.accept(question.getString("node"));
                yield 1;
            }
            default -> throw new IllegalArgumentException("unknown question");
        };
    }

    private static boolean isMeant(JsonObject question, Identity identity) {
        String token = question.getString("token");
        if (token != null) {
            return token.equals(identity.tokenKey());
        }
        String tenant = question.getString("tenant");
        boolean isMeant = tenant == null
                ? identity.userKey().equals(question.getString("user"))
                : identity.tenant().equals(tenant);
        return isMeant && identity.issuedAt().toEpochMilli() < question.getLong("before");
    }
}
