package dev.carillon.cluster;

import dev.carillon.cluster.link.NodeAddress;
import dev.carillon.session.Peers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions of operators, each to a node's one address. Safe on any thread. */
final class Inquiries implements Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Inquiries.class);
    private static final long TIMEOUT_MS = 2_000;
    private static final String WHAT = "ask";
    private static final int NOT_ANSWERED = 500;

    private final Vertx vertx;
    private final Supplier<Set<String>> members;
    private final Map<String, Function<JsonObject, Future<JsonObject>>> answerers = new ConcurrentHashMap<>();

    /** @param members ids of all nodes in the cluster now */
    Inquiries(Vertx vertx, Supplier<Set<String>> members) {
        this.vertx = vertx;
        this.members = members;
    }

    @Override
    public Set<String> ids() {
        return members.get();
    }

    @Override
    public Future<Map<String, JsonObject>> ask(Collection<String> nodes, String what, JsonObject question) {
        JsonObject asked = question.copy().put(WHAT, what);
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(TIMEOUT_MS);
        Map<String, JsonObject> answers = new ConcurrentHashMap<>();
        List<Future<Void>> asking = nodes.stream()
                .map(node -> vertx.eventBus()
                        .<JsonObject>request(NodeAddress.of(node), asked, options)
                        .onSuccess(answer -> answers.put(node, answer.body()))
                        .<Void>mapEmpty()
                        .otherwise(cause -> {
                            LOG.warn("node {} did not answer '{}': {}", node, what, cause.toString());
                            return null;
                        }))
                .toList();
        return Future.all(asking).map(all -> {
            // In the order asked.
            Map<String, JsonObject> ordered = new LinkedHashMap<>();
            nodes.stream().filter(answers::containsKey).forEach(node -> ordered.put(node, answers.get(node)));
            return ordered;
        });
    }

    @Override
    public void answer(String what, Function<JsonObject, Future<JsonObject>> answerer) {
        answerers.put(what, answerer);
    }

    /** Answers another node's, or this node's own, question; false if the message is none. */
    boolean answer(Message<Object> message) {
        if (!(message.body() instanceof JsonObject question) || !question.containsKey(WHAT)) {
            return false;
        }
        Function<JsonObject, Future<JsonObject>> answerer = answerers.get(question.getString(WHAT));
        if (answerer == null) {
            message.fail(NOT_ANSWERED, "not understood; is the node of an older version?");
            return true;
        }
        Future.succeededFuture(question)
                .compose(answerer)
                .onSuccess(message::reply)
                .onFailure(cause -> {
                    LOG.warn("'{}' was not answered", question.getString(WHAT), cause);
                    message.fail(NOT_ANSWERED, "not answered");
                });
        return true;
    }
}
