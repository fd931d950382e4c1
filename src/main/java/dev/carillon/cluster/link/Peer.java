package dev.carillon.cluster.link;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageProducer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another node, and the links to it and from it. What goes to it is sent from one context, so that order holds. */
final class Peer {
    /** The log hears of trouble with this node no more often than this. */
    static final long COMPLAINT_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

    private final String node;
    private final OutboundLink outbound;
    private final InboundLink inbound;
    private final RoundTrip round = new RoundTrip();
    private final MessageProducer<Buffer> address;
    private final Context context;
    private final LongSupplier micros;
    private final LongSupplier clock;
    private final Seldom mayComplain;

    /** @param micros microseconds on a clock that only goes forward, and never 0 */
    Peer(
            String node,
            OutboundLink outbound,
            InboundLink inbound,
            MessageProducer<Buffer> address,
            Context context,
            LongSupplier micros) {
        this.node = node;
        this.outbound = outbound;
        this.inbound = inbound;
        this.address = address;
        this.context = context;
        this.micros = micros;
        clock = () -> micros.getAsLong() / 1_000;
        mayComplain = new Seldom(COMPLAINT_MILLIS, clock);
    }

    InboundLink inbound() {
        return inbound;
    }

    OutboundLink outbound() {
        return outbound;
    }

    /** A sign of life came; how many microseconds it takes there and back, or -1 if it does not say. */
    long wentRound(RoundTrip.Stamp stamp) {
        return round.heard(stamp, micros.getAsLong());
    }

    /** @param count how many events are packed */
    void send(byte[] packed, int count) {
        switch (outbound.add(packed, count)) {
            case FIRST -> context.runOnContext(now -> flush());
            case MORE -> {}
            case DROPPED -> {
                if (mayComplain.mayNow()) {
                    LOG.warn(
                            "more than {} bytes wait for node {}; it has to read from the owners",
                            outbound.queuedBytes(),
                            node);
                }
            }
        }
    }

    /** Shows that this node is there, what it sent, and what it got. */
    void beat() {
        context.runOnContext(now -> {
            flush();
            write(outbound.beat(inbound.heard(), round.stamp(micros.getAsLong())));
        });
    }

    /** Lets the other node know that this one leaves in order; completes when that is on its way, or cannot be. */
    Future<Void> goodbye() {
        Promise<Void> said = Promise.promise();
        context.runOnContext(now -> {
            flush();
            address.write(Buffer.buffer(outbound.goodbye())).onComplete(done -> said.complete());
        });
        return said.future();
    }

    /** Completes when the event bus has been given everything that was sent until now. */
    Future<Void> flushed() {
        Promise<Void> flushed = Promise.promise();
        // Behind the flush that may be due there.
        context.runOnContext(now -> flushed.complete());
        return flushed.future();
    }

    /** Whether it should have been heard of for long; when a node has only just come or is about to go, it need not be. */
    boolean isMissed() {
        return inbound.silentMillis(clock.getAsLong()) > 2 * SilenceWatch.SILENCE_MILLIS;
    }

    private void flush() {
        byte[] message = outbound.take();
        if (message != null) {
            write(message);
        }
    }

    private void write(byte[] message) {
        address.write(Buffer.buffer(message)).onFailure(cause -> {
            if (isMissed() && mayComplain.mayNow()) {
                LOG.warn("node {} is not reached: {}", node, cause.getMessage());
            }
        });
    }
}
