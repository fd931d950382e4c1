package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.history.PublisherLog;
import io.vertx.core.Context;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes at a rate, each publication with a key of its own, and repeats what was not acknowledged with the same key
 * until it is. Now and then it repeats what was acknowledged, as one would whose ack got lost. Confined to its context, but
 * for {@link #waiting}.
 */
final class PublisherClient implements Link.Owner {
    /** Publications that wait for their ack; while there are so many, no new one is made. */
    private static final int MAX_WAITING = 64;

    private static final int LEFT = 1000;
    private static final int GIVEN_UP = 0;
    private static final int FIRST_FINAL_ERROR = 200;
    private static final long PING_EVERY_MS = 1000;
    private static final long DEAD_AFTER_MS = 6000;

    /** A publish that has no answer after this, though pings have, is silence. */
    private static final long ANSWER_WITHIN_MS = 20_000;

    /** One in so many is sent twice at once, one in so many again after its ack. */
    private static final int TWICE_ONE_IN = 100;

    private static final int AGAIN_ONE_IN = 50;
    private static final int AGAIN_WITHIN_MS = 3000;

    private final Surroundings around;
    private final Context context;
    private final String user;
    private final List<String> channels;
    private final String padding;
    private final Random random;
    private final PublisherLog log;
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final Map<Long, Long> commands = new HashMap<>();

    private @Nullable Link link;
    private volatile int waitingCount;
    private volatile boolean publishes;
    private boolean stopped;
    private int attempt;
    private int lastPlace = -1;

    /** A publication on its way. */
    private static final class Waiting {
        final String channel;
        long sentAt;

        Waiting(String channel) {
            this.channel = channel;
        }
    }

    PublisherClient(
            Surroundings around, Context context, String user, List<String> channels, int paddingBytes, Random random) {
        this.around = around;
        this.context = context;
        this.user = user;
        this.channels = channels;
        this.random = random;
        padding = "x".repeat(paddingBytes);
        log = around.history().publisher(user);
    }

    /** Connects, and publishes so many times a second once {@link #publish} says so. */
    void start(double perSecond) {
        context.runOnContext(now -> {
            connect();
            long everyMs = Math.max(1, Math.round(1000 / perSecond));
            around.vertx().setPeriodic(1 + random.nextInt((int) everyMs), everyMs, tick -> publishNext());
            around.vertx().setPeriodic(PING_EVERY_MS, tick -> look());
        });
    }

    void publish(boolean on) {
        publishes = on;
    }

    void stop() {
        context.runOnContext(now -> {
            stopped = true;
            if (link != null) {
                link.drop(LEFT);
            }
        });
    }

    /** Publications that have no ack yet. */
    int waiting() {
        return waitingCount;
    }

    private void connect() {
        if (!stopped && link == null) {
            int size = around.nodes().size();
            int place = random.nextInt(size);
            place = place == lastPlace && size > 1 ? (place + 1) % size : place;
            link = new Link(around, context, this, user, place, new JsonArray());
        }
    }

    private void publishNext() {
        Link there = link;
        if (stopped || !publishes || there == null || !there.wasOpened() || waiting.size() >= MAX_WAITING) {
            return;
        }
        long id = around.ids().incrementAndGet();
        waiting.put(id, new Waiting(channels.get(random.nextInt(channels.size()))));
        waitingCount = waiting.size();
        send(id);
        if (random.nextInt(TWICE_ONE_IN) == 0) {
            send(id);
        }
    }

    private void send(long id) {
        Link there = link;
        Waiting publication = waiting.get(id);
        if (there == null || publication == null || !there.wasOpened()) {
            return;
        }
        long command = there.nextCommand();
        commands.put(command, id);
        publication.sentAt = around.clock().getAsLong();
        log.sent(publication.sentAt, around.history().channels().number(publication.channel), id);
        JsonObject data = new JsonObject().put("id", id);
        there.send(new JsonObject()
                .put("type", "publish")
                .put("id", command)
                .put("channel", publication.channel)
                .put("key", around.keys() + id)
                .put("data", padding.isEmpty() ? data : data.put("padding", padding)));
    }

    @Override
    public void opened(Link from, Frame success) {
        log.opened(around.clock().getAsLong(), from.place);
        from.expectWithin(DEAD_AFTER_MS);
        attempt = 0;
        lastPlace = -1;
        commands.clear();
        List.copyOf(waiting.keySet()).forEach(this::send);
    }

    @Override
    public void frame(Link from, Frame frame) {
        if (from != link) {
            return;
        }
        Long id = commands.remove(frame.id);
        if (frame.type.equals("ack") && id != null) {
            acked(frame, id);
        } else if (frame.type.equals("error") && id != null) {
            log.refused(around.clock().getAsLong(), id, frame.code);
            if (frame.code < FIRST_FINAL_ERROR) {
                later(Math.max(frame.retryAfterMs, Backoff.QUICK.waitMs(0, random)), () -> send(id));
            }
        } else if (frame.type.equals("reconnect")) {
            later((long) (random.nextDouble() * frame.withinMs / 2), () -> move(from, frame.url));
        }
    }

    private void acked(Frame frame, long id) {
        String channel = frame.channel;
        log.acked(
                around.clock().getAsLong(),
                around.history().channels().number(channel),
                around.history().epochs().number(frame.epoch),
                frame.offset,
                id,
                frame.duplicate);
        waiting.remove(id);
        waitingCount = waiting.size();
        if (publishes && random.nextInt(AGAIN_ONE_IN) == 0) {
            later(1 + random.nextInt(AGAIN_WITHIN_MS), () -> {
                if (publishes) {
                    waiting.put(id, new Waiting(channel));
                    waitingCount = waiting.size();
                    send(id);
                }
            });
        }
    }

    /** It has nothing to lose but answers, and these it asks for again: it just goes. */
    private void move(Link from, String url) {
        if (from == link) {
            int target = around.placeOf(url);
            from.drop(LEFT);
            lastPlace = target >= 0 ? -1 : from.place;
        }
    }

    private void look() {
        Link there = link;
        if (there == null || !there.wasOpened()) {
            return;
        }
        long now = around.clock().getAsLong();
        waiting.forEach((id, publication) -> {
            long since = Math.max(publication.sentAt, there.begunAt);
            boolean lives = now - there.heardAt() < TimeUnit.MILLISECONDS.toNanos(2 * PING_EVERY_MS);
            if (lives && now - since > TimeUnit.MILLISECONDS.toNanos(ANSWER_WITHIN_MS)) {
                log.silence(now, id);
                publication.sentAt = now;
            }
        });
        there.send(new JsonObject().put("type", "ping"));
    }

    @Override
    public void closed(Link ended, int code) {
        if (ended != link) {
            return;
        }
        link = null;
        if (ended.wasOpened() && !stopped) {
            log.closed(around.clock().getAsLong(), code);
        }
        lastPlace = code == GIVEN_UP || code == 1006 || !ended.wasOpened() ? ended.place : -1;
        later(code == LEFT ? 1 : Backoff.QUICK.waitMs(attempt++, random), this::connect);
    }

    private void later(long ms, Runnable step) {
        around.vertx()
                .setTimer(
                        Math.max(1, ms),
                        now -> context.runOnContext(then -> {
                            if (!stopped) {
                                step.run();
                            }
                        }));
    }
}
