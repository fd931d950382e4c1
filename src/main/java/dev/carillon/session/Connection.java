package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Subscriber;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;

/**
 * One client's socket, of whatever transport. Confined to its event loop. The transport calls
 * {@link Session}'s methods.
 */
public abstract class Connection extends Subscriber {
    /** The {@link #transport} of a socket that shows data without saying which channel it is of. */
    public static final String BARE = "bare";

    private CloseCode ended = CloseCode.NORMAL;

    /** Sends a frame to this client alone, in order with {@link #write}; dropped once closed. */
    public abstract void send(ServerFrame frame);

    /** Closes the socket with a code, at once or after a short bound if the client does not read; again it does nothing. */
    public abstract void close(CloseCode code);

    /** A client that keeps its position comes back and is told what it can still have. */
    @Override
    public void positionLost(ChannelName channel) {
        close(CloseCode.POSITION_LOST);
    }

    /** Notes why the node ends it; the first reason counts. */
    protected final void endedWith(CloseCode code) {
        if (ended == CloseCode.NORMAL) {
            ended = code;
        }
    }

    /** Why the node ended it; {@link CloseCode#NORMAL} if the client went by itself. */
    final CloseCode ended() {
        return ended;
    }

    /** {@code websocket}, {@code bare}, {@code sockjs} or {@code sse}. */
    public abstract String transport();
}
