package dev.carillon.cluster;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.protocol.CloseCode;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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

    private final Vertx vertx;
    private final SessionRegistry sessions;

    Control(Vertx vertx, SessionRegistry sessions) {
        this.vertx = vertx;
        this.sessions = sessions;
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
                new JsonObject().put("do", "subscribe").put("user", userId).put("channel", channel.value()));
    }

    Future<Integer> unsubscribe(Collection<String> nodes, String userId, ChannelName channel) {
        return ask(
                nodes,
                new JsonObject().put("do", "unsubscribe").put("user", userId).put("channel", channel.value()));
    }

    Future<Integer> revokeUser(Collection<String> nodes, String userId, Instant before) {
        return ask(
                nodes, new JsonObject().put("do", "revoke").put("user", userId).put("before", before.toEpochMilli()));
    }

    Future<Integer> revokeToken(Collection<String> nodes, String tokenId) {
        return ask(nodes, new JsonObject().put("do", "revoke").put("token", tokenId));
    }

    private Future<Integer> ask(Collection<String> nodes, JsonObject question) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(TIMEOUT_MS);
        List<Future<Integer>> answers = nodes.stream()
                .map(node -> vertx.eventBus()
                        .<Integer>request(NodeIdentity.address(node), question, options)
                        .map(Message::body)
                        .otherwise(cause -> {
                            LOG.warn("node {} did not answer '{}'", node, question.getString("do"), cause);
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
            case "subscribe" -> sessions.subscribe(user, new ChannelName(question.getString("channel")));
            case "unsubscribe" -> sessions.unsubscribe(user, new ChannelName(question.getString("channel")));
            case "revoke" -> {
                sessions.endRevoked(identity -> isMeant(question, identity));
                yield 0;
            }
            default -> throw new IllegalArgumentException("unknown question");
        };
    }

    private static boolean isMeant(JsonObject question, Identity identity) {
        String token = question.getString("token");
        if (token != null) {
            return token.equals(identity.tokenId());
        }
        return identity.userId().equals(question.getString("user"))
                && identity.issuedAt().toEpochMilli() < question.getLong("before");
    }
}
