package dev.carillon.transport.sockjs;

import dev.carillon.protocol.CloseCode;
import java.util.List;

/** The way to one bridge client, however it is carried. Confined to its event loop. */
interface BridgeConnection {
    /** Whether there is no SockJS around the messages. */
    boolean isRaw();

    boolean isClosing();

    /** Sends one message. */
    void post(byte[] message);

    /** Sends what the client missed, as one: it is bounded by the recovery limit, and no sign of a slow client. */
    void recover(List<byte[]> messages);

    /** Runs something once the socket has taken what was sent so far; never if it does not. */
    void whenTaken(Runnable task);

    void close(CloseCode code);
}
