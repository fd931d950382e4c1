package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Subscriber;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import org.jspecify.annotations.Nullable;

/**
 * One client's socket, of whatever transport. Confined to its event loop. The transport calls
 * {@link Session}'s methods.
 */
public abstract class Connection extends Subscriber {
    /** The {@link #transport} of a socket that shows data without saying which channel it is of. */
    public static final String BARE = "bare";

    /** A socket that ended without a code. */
    private static final int NO_CODE = 1006;

    private int closeCode = NO_CODE;
    private String address = "";

    /** Says whom it is from, before its session is opened: its address, or the first half of it. */
    public final void comesFrom(String address) {
        this.address = address;
    }

    /** Whom it is from; empty if that is not known. */
    public final String address() {
        return address;
    }

    /** Sends a frame to this client alone, in order with {@link #write}; dropped once closed. */
    public abstract void send(ServerFrame frame);

    /** Closes the socket with a code, at once or after a short bound if the client does not read; again it does nothing. */
    public abstract void close(CloseCode code);

    /** A client that keeps its position comes back and is told what it can still have. */
    @Override
    public void positionLost(ChannelName channel) {
        close(CloseCode.POSITION_LOST);
    }

    /** Closes the socket at once if its peer hung up and it only waits to be closed. */
    public void closeIfHungUp() {}

    /** The code that was sent or received first; 1006 before there is one, and if there was none. */
    final int closeCode() {
        return closeCode;
    }

    /** The transport sent or received a close code; of several the first counts. */
    protected final void closesWith(int code) {
        if (closeCode == NO_CODE) {
            closeCode = code;
        }
    }

    /** Shows an operator what is written to it; null ends that. */
    void tap(Tracing.@Nullable Tap tap) {}

    /** Whether its client understands {@code reconnect} and moves by itself, before this socket is closed. */
    public boolean movesByItself() {
        return false;
    }

    /** {@code websocket}, {@code http}, {@code bare}, {@code sockjs} or {@code sse}. */
    public abstract String transport();
}
