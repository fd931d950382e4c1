package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.check.Position;
import dev.carillon.it.chaos.history.History;
import dev.carillon.it.chaos.history.SubscriberLog;
import io.vertx.core.Context;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that keeps its positions over connections and writes down all it is given. Confined to its context, but
 * for {@link #stands} and {@link #isReady}, which any thread may ask.
 */
final class SubscriberClient implements Link.Owner {
    private static final String ONLINE = "online";
    private static final int POSITION_LOST = 4006;
    private static final int LEFT = 1000;
    private static final int FIRST_FINAL_ERROR = 200;
    private static final long AGAIN_MS = 300;

    private final Surroundings around;
    private final Context context;
    private final String user;
    private final Random random;
    private final History history;
    private final SubscriberLog log;
    private final Map<String, Spot> spots = new LinkedHashMap<>();

    private volatile @Nullable Link link;
    private @Nullable Link next;
    private @Nullable Link left;
    private boolean stopped;
    private volatile int refusedAttempts;
    private int attempt;
    private int lastPlace = -1;

    /** Where it stands in a channel; written by the context alone. */
    private static final class Spot {
        final int channel;
        String epoch = "";
        volatile int epochNumber = -1;
        volatile long offset;
        volatile boolean live;

        Spot(int channel) {
            this.channel = channel;
        }
    }

    SubscriberClient(Surroundings around, Context context, String user, List<String> channels, Random random) {
        this.around = around;
        this.context = context;
        this.user = user;
        this.random = random;
        history = around.history();
        log = history.subscriber(user);
        channels.forEach(
                channel -> spots.put(channel, new Spot(history.channels().number(channel))));
    }

    String user() {
        return user;
    }

    /** Connects after a while. */
    void start(long afterMs) {
        context.runOnContext(now -> later(afterMs, this::connect));
    }

    /** Closes for good; nothing is written down after the context has done it. */
    void stop() {
        context.runOnContext(now -> {
            stopped = true;
            for (Link each : new Link[] {link, next, left}) {
                if (each != null) {
                    each.drop(LEFT);
                }
            }
        });
    }

    /** Ends the connection, as a broken network does; it comes back by itself. */
    void disconnect() {
        context.runOnContext(now -> {
            if (link != null) {
                link.drop(0);
            }
        });
    }

    /** Stops reading, or reads again. */
    void read(boolean reads) {
        context.runOnContext(now -> {
            if (link != null) {
                link.read(reads);
            }
        });
    }

    /** Whether it is subscribed to all its channels. */
    boolean isReady() {
        return spots.values().stream().allMatch(spot -> spot.live);
    }

    /** Whether it is where all its channels end. */
    boolean stands(Map<Integer, Position> heads) {
        return isReady()
                && spots.values().stream().allMatch(spot -> {
                    Position head = heads.get(spot.channel);
                    return head == null || (head.epoch() == spot.epochNumber && head.offset() == spot.offset);
                });
    }

    /** Attempts to connect that came to nothing. */
    int refusedAttempts() {
        return refusedAttempts;
    }

    /** The place it is connected to, -1 for none. */
    int place() {
        Link there = link;
        return there == null ? -1 : there.place;
    }

    private void connect() {
        if (!stopped && link == null && next == null) {
            link = new Link(around, context, this, user, pick(), subscriptions());
        }
    }

    /** Any node but the one that was of no use. */
    private int pick() {
        int size = around.nodes().size();
        int place = random.nextInt(size);
        return place == lastPlace && size > 1 ? (place + 1 + random.nextInt(size - 1)) % size : place;
    }

    private JsonArray subscriptions() {
        JsonArray list = new JsonArray();
        spots.forEach((channel, spot) -> list.add(subscription(channel, spot)));
        return list;
    }

    private static JsonObject subscription(String channel, Spot spot) {
        JsonObject one = new JsonObject().put("channel", channel);
        return spot.epoch.isEmpty() ? one : one.put("epoch", spot.epoch).put("offset", spot.offset);
    }

    @Override
    public void opened(Link from, Frame success) {
        long now = around.clock().getAsLong();
        attempt = 0;
        lastPlace = -1;
        if (from == next) {
            // What the old connection still brings is not heard from here on: the new one resumes at this position.
            left = link;
            link = next;
            next = null;
            if (left != null) {
                log.closed(now, LEFT);
            }
            log.opened(now, from.begunAt, from.place);
            spots.forEach((channel, spot) -> {
                spot.live = false;
                subscribe(from, channel, spot);
            });
            return;
        }
        log.opened(now, from.begunAt, from.place);
        success.parts.forEach(part -> subscribed(now, part));
        success.refused.forEach(part -> refused(from, now, part));
    }

    private void subscribe(Link on, String channel, Spot spot) {
        on.send(subscription(channel, spot).put("type", "subscribe").put("id", on.nextCommand()));
    }

    @Override
    public void frame(Link from, Frame frame) {
        long now = around.clock().getAsLong();
        if (frame.type.equals("reconnect")) {
            moveWithin(from, frame);
        } else if (from == link) {
            switch (frame.type) {
                case "message" -> message(now, frame.channel, frame.epoch, frame, false);
                case "subscribed" -> subscribed(now, frame);
                case "unsubscribed" -> unsubscribed(from, now, frame);
                case "gap" -> gap(now, frame);
                case "error" -> refused(from, now, frame);
                default -> {}
            }
        }
    }

    private void subscribed(long now, Frame frame) {
        Spot spot = spots.get(frame.channel);
        if (spot == null) {
            return; // Its own user's channel, which the server subscribes.
        }
        boolean asked = !spot.epoch.isEmpty();
        int epoch = history.epochs().number(frame.epoch);
        log.subscribed(now, spot.channel, epoch, frame.offset, asked, frame.recovered, frame.parts.size());
        frame.parts.forEach(part -> message(now, frame.channel, frame.epoch, part, true));
        spot.epoch = frame.epoch;
        spot.epochNumber = epoch;
        spot.offset = frame.offset;
        spot.live = true;
        if (left != null && isReady()) {
            left.drop(LEFT);
            left = null;
        }
    }

    private void message(long now, String channel, String givenEpoch, Frame message, boolean replayed) {
        Spot spot = spots.get(channel);
        if (spot == null) {
            return;
        }
        int epoch = givenEpoch.isEmpty() || givenEpoch.equals(spot.epoch)
                ? spot.epochNumber
                : history.epochs().number(givenEpoch);
        if (channel.equals(ONLINE)) {
            int about = history.users().number(message.user);
            log.announced(now, epoch, message.offset, about, message.event.equals("user_online"));
        } else {
            log.message(now, spot.channel, epoch, message.offset, message.publication, replayed);
        }
        if (!replayed) {
            spot.offset = Math.max(spot.offset, message.offset);
        }
    }

    private void gap(long now, Frame frame) {
        Spot spot = spots.get(frame.channel);
        if (spot != null) {
            log.gap(now, spot.channel, history.epochs().number(frame.epoch), frame.offset, frame.missed);
            spot.offset = frame.offset;
        }
    }

    private void unsubscribed(Link from, long now, Frame frame) {
        Spot spot = spots.get(frame.channel);
        if (spot != null) {
            log.ended(now, spot.channel, frame.code);
            spot.live = false;
            again(from, frame.channel, spot);
        }
    }

    private void refused(Link from, long now, Frame frame) {
        log.error(now, frame.code);
        if (frame.code < FIRST_FINAL_ERROR) {
            // Which one it was, a reply does not say.
            spots.forEach((channel, spot) -> {
                if (!spot.live) {
                    again(from, channel, spot);
                }
            });
        }
    }

    private void again(Link on, String channel, Spot spot) {
        later(AGAIN_MS, () -> {
            if (on == link && !spot.live) {
                subscribe(on, channel, spot);
            }
        });
    }

    /** Make before break: the old connection is listened to until the new one is open. */
    private void moveWithin(Link from, Frame frame) {
        later((long) (random.nextDouble() * frame.withinMs / 2), () -> move(from, around.placeOf(frame.url)));
    }

    private void move(Link from, int target) {
        if (from == link && next == null && !stopped) {
            lastPlace = from.place;
            next = new Link(around, context, this, user, target >= 0 ? target : pick(), new JsonArray());
        }
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the context only
    public void closed(Link ended, int code) {
        if (!ended.wasOpened() && !stopped) {
            refusedAttempts++;
        }
        if (ended == left) {
            left = null;
        } else if (ended == next) {
            next = null;
            Link old = link;
            Runnable again = old == null ? this::connect : () -> move(old, -1);
            later(Backoff.QUICK.waitMs(attempt++, random), again);
        } else if (ended == link) {
            gone(ended, code);
        }
    }

    private void gone(Link ended, int code) {
        link = null;
        if (stopped) {
            return;
        }
        if (spots.values().stream().anyMatch(spot -> spot.live) || ended.wasOpened()) {
            log.closed(around.clock().getAsLong(), code);
        }
        if (code == POSITION_LOST) {
            log.ended(around.clock().getAsLong(), 0, code);
        } else {
            lastPlace = ended.place;
        }
        spots.values().forEach(spot -> spot.live = false);
        if (next != null) {
            // On its way already: it takes the old one's place when it opens.
            return;
        }
        later(Backoff.QUICK.waitMs(attempt++, random), this::connect);
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
