package dev.carillon.session;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Questions that nodes ask one another for operators. Safe on any thread. */
public interface Peers {
    /** Ids of all nodes in the cluster now. */
    Set<String> ids();

    /**
     * Asks nodes, this one among them if it is named.
     *
     * @return the answers by node; one that did not answer within two seconds is missing. Never fails
     */
    Future<Map<String, JsonObject>> ask(Collection<String> nodes, String what, JsonObject question);

    /**
     * Says how this node answers; to be told before the node is in the cluster.
     *
     * @param answerer is called on an event loop; what it throws or fails with is no answer
     */
    void answer(String what, Function<JsonObject, Future<JsonObject>> answerer);
}
