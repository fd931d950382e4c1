package dev.carillon.presence;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;

/**
 * Every user's connections, each user kept at one owner and changed in one step. Sessions of a node that died are
 * removed by a survivor. {@code user_online} and {@code user_offline} are announced once, the latter after the grace
 * period by the node that had the user last or, if it died, by a survivor.
 */
public interface UserStore {
    /**
     * Counts a connection in. The same one again, with the same particulars, changes nothing and announces nobody unless
     * it was dropped meanwhile; so a node that was away asserts what it has.
     *
     * @param limit connections allowed
     * @return whether it was let in; false if the user has {@code limit} of them already
     */
    Future<Boolean> connect(String userId, String info, UserSession session, int limit);

    /** Counts a connection out; nothing happens if it is not there. */
    Future<Void> disconnect(String userId, String sessionId);

    Future<UserStatus> status(String userId);

    /** The same for many, in the order asked. */
    Future<List<UserStatus>> statuses(Collection<String> userIds);
}
