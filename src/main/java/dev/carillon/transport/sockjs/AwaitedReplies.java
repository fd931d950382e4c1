package dev.carillon.transport.sockjs;

import io.vertx.core.eventbus.Message;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages whose sender on the event bus waits for this client's reply. A client may reply to each once, until the
 * sender has given up; of too many the oldest is forgotten. Confined to its event loop.
 */
final class AwaitedReplies {
    private record Waiting(Message<?> message, long untilNanos) {}

    private final int max;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Waiting> byAddress = new LinkedHashMap<>();

    AwaitedReplies(int max, long patienceNanos, LongSupplier nanoTime) {
        this.max = max;
        this.patienceNanos = patienceNanos;
        this.nanoTime = nanoTime;
    }

    /** Nothing happens if the sender of the message waits for no reply. */
    void add(Message<?> message) {
        String address = message.replyAddress();
        if (address == null) {
            return;
        }
        long now = nanoTime.getAsLong();
        Iterator<Waiting> eldest = byAddress.values().iterator();
        while (eldest.hasNext()) {
            boolean over = eldest.next().untilNanos() - now <= 0;
            if (!over && byAddress.size() < max) {
                break;
            }
            eldest.remove();
        }
        byAddress.put(address, new Waiting(message, now + patienceNanos));
    }

    /** The message that waits at this address, once; null for none. */
    @Nullable
    Message<?> take(String address) {
        Waiting waiting = byAddress.remove(address);
        return waiting == null || waiting.untilNanos() - nanoTime.getAsLong() <= 0 ? null : waiting.message();
    }

    void clear() {
        byAddress.clear();
    }
}
