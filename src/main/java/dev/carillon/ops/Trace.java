package dev.carillon.ops;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.session.OperatorChannel;
import dev.carillon.session.Watched;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * One user or channel that is traced: what happens there is published to those who look on, so much in a second and no
 * more. Safe on any thread; frames are put into words elsewhere than where they come by.
 */
final class Trace {
    /** Events of one trace that one node publishes in a second; more are counted and told with the next. */
    static final int MAX_PER_SECOND = 100;

    private static final TracedFrame MASKED = new TracedFrame(false);
    private static final TracedFrame WITH_DATA = new TracedFrame(true);

    private final ChannelName masked;
    private final ChannelName withData;
    private final String node;
    private final Watched watched;
    private final Executor writer;
    private final LongSupplier clock;
    private long second;
    private int sent;
    private int dropped;

    /** Puts one event into words, with or without data. */
    interface Words {
        JsonObject by(TracedFrame frames);
    }

    /**
     * @param of what is traced, {@code user:ID} or {@code channel:NAME}
     * @param writer runs one after the other
     * @param clock milliseconds since 1970
     */
    Trace(String of, String node, Watched watched, Executor writer, LongSupplier clock) {
        masked = new ChannelName(OperatorChannel.TRACE + ":" + of);
        withData = new ChannelName(OperatorChannel.PAYLOADS + ":" + of);
        this.node = node;
        this.watched = watched;
        this.writer = writer;
        this.clock = clock;
    }

    void tell(String event, Words words) {
        long at = clock.getAsLong();
        int lost = admit(at);
        if (lost >= 0) {
            writer.execute(() -> {
                publish(masked, MASKED, at, event, lost, words);
                publish(withData, WITH_DATA, at, event, lost, words);
            });
        }
    }

    /** How many events were dropped since the last one; negative if this one is, too. */
    private synchronized int admit(long at) {
        if (at / 1000 != second) {
            second = at / 1000;
            sent = 0;
        }
        if (++sent > MAX_PER_SECOND) {
            dropped++;
            return -1;
        }
        int lost = dropped;
        dropped = 0;
        return lost;
    }

    private void publish(ChannelName to, TracedFrame frames, long at, String event, int lost, Words words) {
        if (watched.now().contains(to)) {
            JsonObject told = new JsonObject().put("at", at).put("node", node).put("event", event);
            if (lost > 0) {
                told.put("dropped", lost);
            }
            watched.publish(to, Payload.json(told.mergeIn(words.by(frames)).encode()));
        }
    }
}
