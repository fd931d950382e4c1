package dev.carillon.session;

import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Connections of a user whose peers hung up and which nobody closed yet, because thousands did at once and are closed
 * after one another. They still count among those that the user may have; who comes back is not to be refused for them.
 * Safe on any thread.
 */
public final class Leftovers {
    private static final String QUESTION = "hung-up";
    private static final String USER = "user";

    private final UserStore users;
    private final Peers peers;

    /** To be made before the node is in the cluster. */
    public Leftovers(UserStore users, Peers peers, SessionRegistry sessions) {
        this.users = users;
        this.peers = peers;
        peers.answer(QUESTION, question -> {
            sessions.closeHungUp(question.getString(USER));
            return Future.succeededFuture(new JsonObject());
        });
    }

    /**
     * Has the nodes that have some close them now. If one, or the user's owner, does not answer, they
     * are closed in their turn.
     */
    public void close(String userKey) {
        users.status(userKey).onSuccess(status -> {
            Set<String> nodes =
                    status.sessions().stream().map(UserSession::node).collect(Collectors.toSet());
            var unused = peers.ask(nodes, QUESTION, new JsonObject().put(USER, userKey));
        });
    }
}
