package dev.carillon.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Hub;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.Subscriber;
import dev.carillon.channel.Subscription;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.presence.PresenceChange;
import dev.carillon.session.EventLoopServices;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps what it is told, as a client would: first what it missed, then what comes live. */
public final class RecordingSubscriber extends Subscriber {
    /** Shows the data of a publication, and who joined or left. */
    private static final WireForm FORM = RecordingSubscriber::show;

    private final EventLoopServices loop;
    private final List<String> seen = new ArrayList<>();
    private @Nullable Subscription subscription;
    private boolean lost;

    public RecordingSubscriber(EventLoopServices loop) {
        this.loop = loop;
    }

    private static byte[] show(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return text(publication).getBytes(UTF_8);
        }
        PresenceChange change = (PresenceChange) event;
        return ((change.joined() ? "+" : "-") + change.member().sessionId() + "@" + change.version()).getBytes(UTF_8);
    }

    private static String text(Publication publication) {
        return publication.offset() + "=" + new String(publication.data().json(), UTF_8);
    }

    /** Subscribes; completes with what the owner said once the subscriber is live. */
    public Future<Hub.Joining> subscribe(String channel, @Nullable StreamPosition since) {
        Promise<Hub.Joining> promise = Promise.promise();
        loop.loop()
                .execute(() -> loop.hub()
                        .subscribe(new ChannelName(channel), this, since)
                        .onSuccess(joining -> {
                            subscription = joining.subscription();
                            joining.recovery().missed().forEach(missed -> add(text(missed)));
                            loop.hub().goLive(joining);
                        })
                        .onComplete(promise));
        return promise.future();
    }

    public Future<Void> unsubscribe() {
        Promise<Void> promise = Promise.promise();
        loop.loop().execute(() -> {
            if (subscription != null) {
                loop.hub().unsubscribe(subscription);
            }
            promise.complete();
        });
        return promise.future();
    }

    @Override
    public WireForm form() {
        return FORM;
    }

    @Override
    public void write(Turn turn) {
        turn.frames().forEach(frame -> add(new String(frame, UTF_8)));
    }

    @Override
    public void flush() {}

    @Override
    public synchronized void positionLost(ChannelName channel) {
        lost = true;
        notifyAll();
    }

    private synchronized void add(String frame) {
        seen.add(frame);
        notifyAll();
    }

    public synchronized boolean isLost() {
        return lost;
    }

    /** What was seen so far, in order. */
    public synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    /** Waits until a frame that ends so was seen, and returns everything seen before and with it. */
    public synchronized List<String> seenUntil(String ending) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (seen.stream().noneMatch(frame -> frame.endsWith(ending))) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || lost) {
                throw new AssertionError((lost ? "position lost" : "not seen: " + ending) + ", but " + seen);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return List.copyOf(seen);
    }
}
