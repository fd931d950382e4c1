package dev.carillon.session;

import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.UnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The event loops of a node, for whoever publishes from anywhere. Safe on any thread. */
public final class EventLoops {
    private final List<EventLoopServices> all = new CopyOnWriteArrayList<>();

    public void add(EventLoopServices loop) {
        all.add(loop);
    }

    public List<EventLoopServices> all() {
        return all;
    }

    /** How many things that must be done in the end wait for another attempt. */
    public long insistedOn() {
        return all.stream().mapToLong(loop -> loop.insistence().waiting()).sum();
    }

    /** How many clients that have said who they are wait to be let in. */
    public long arriving() {
        return all.stream().mapToLong(EventLoopServices::loginsWaiting).sum();
    }

    /** How many such things were given up. */
    public long givenUp() {
        return all.stream().mapToLong(loop -> loop.insistence().givenUp()).sum();
    }

    /**
     * Publishes from the loop that the channel's name picks, so that what one thread publishes on a channel stays in
     * order. The future completes on any thread.
     */
    public Future<Ack> publish(ChannelName channel, Draft draft) {
        if (all.isEmpty()) {
            return Future.failedFuture(new UnavailableException("this node is starting"));
        }
        EventLoopServices loop = all.get(Math.floorMod(channel.hashCode(), all.size()));
        Promise<Ack> promise = Promise.promise();
        loop.loop().execute(() -> loop.publisher().publish(channel, draft).onComplete(promise));
        return promise.future();
    }
}
