package dev.carillon.session;

/**
 * Told what sessions do, for meters. Called on event loops, many times a second: it must be quick, must not block and
 * must not throw. Nothing here names a user, a channel or a session.
 */
public interface SessionListener {
    /** Hears and does nothing. */
    SessionListener NONE = new SessionListener() {};

    /**
     * A socket was opened.
     *
     * @param transport {@link Connection#transport()}
     */
    default void opened(String transport) {}

    /**
     * A session's first token was believed.
     *
     * @param returned whether it came with positions of an earlier one
     */
    default void authenticated(String transport, boolean returned) {}

    /**
     * A socket that was {@linkplain #opened opened} is gone; told once for each.
     *
     * @param code the close code that the node ended it with; 1000 if the client went by itself
     */
    default void closed(String transport, int code) {}

    /** A frame came from a client. */
    default void received() {}

    /**
     * A command was answered with an error.
     *
     * @param errorCode an {@link dev.carillon.protocol.ErrorCode}'s or an application's
     */
    default void refused(int errorCode) {}

    /**
     * A publication was accepted by this node, from whomever.
     *
     * @param namespace one that has settings
     */
    default void published(String namespace) {}

    /**
     * A subscriber asked for what it missed.
     *
     * @param complete whether it got all of it
     */
    default void recovered(boolean complete) {}
}
