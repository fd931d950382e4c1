package dev.carillon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes one number after the other on a channel, each with its key as often as it takes, on a thread of its own. */
public final class NumberPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(NumberPublisher.class);
    private static final long PAUSE_MILLIS = 40;

    private final String channel;
    private final MovingClient client;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private volatile boolean finishing;
    private volatile int repeated;

    /** Begins with 0, on a channel that nobody has published on. */
    public NumberPublisher(String channel, MovingClient client) {
        this.channel = channel;
        this.client = client;
        new Thread(this::run, "publisher-" + channel).start();
    }

    public String channel() {
        return channel;
    }

    /** How many attempts were not the first. */
    public int repeated() {
        return repeated;
    }

    private void run() {
        try {
            long offset = 0;
            for (int number = 0; !finishing; number++) {
                offset = publish(number);
                assertThat(offset).isEqualTo(number + 1);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
            }
            done.complete(offset);
        } catch (Throwable e) {
            done.completeExceptionally(e);
        }
    }

    private long publish(int number) {
        for (int attempt = 1; attempt <= 50; attempt++) {
            WsClient connection = client.current();
            long id = number * 100L + attempt + 1;
            try {
                connection.send(new JsonObject()
                        .put("type", "publish")
                        .put("id", id)
                        .put("channel", channel)
                        .put("data", number)
                        .put("key", "number" + number));
                JsonObject reply = connection.reply(id);
                if ("ack".equals(reply.getString("type"))) {
                    return reply.getLong("offset");
                }
                LOG.info("{} of {} was answered {}", number, channel, reply);
            } catch (AssertionError | RuntimeException gone) {
                LOG.debug("{} of {} goes over the next connection", number, channel, gone);
            }
            repeated++;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        throw new AssertionError(number + " of " + channel + " was never acknowledged");
    }

    /** Stops, and waits for the last; its offset. */
    public long finish() throws Exception {
        finishing = true;
        return done.get(60, TimeUnit.SECONDS);
    }

    public void close() {
        client.close();
    }
}
