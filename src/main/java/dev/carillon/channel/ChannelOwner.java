package dev.carillon.channel;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a channel's offsets are given and its subscribing nodes are known. Each call is one step, so that
 * between recovery and live delivery nothing is lost or doubled. Safe on any thread; a future completes on any thread,
 * and fails with {@link UnavailableException} if the step may not have happened. A step that happened has one
 * synchronous copy on another node.
 */
public interface ChannelOwner {
    /**
     * Appends drafts in order.
     *
     * @param origin who appends; one append of an origin and channel is under way at a time
     * @param turn grows with every append of the origin, so that one repeated after an owner's death happens once
     */
    Future<Appended> append(ChannelName channel, String origin, long turn, List<Draft> drafts);

    /**
     * Routes the channel to this node, and reads what came after a position, in one step.
     *
     * @param interest from {@link Interests}; orders routing and unrouting of this node
     * @param limit most publications to recover
     * @param changesSince the last change of the member list that came; null if none is missed
     */
    Future<Recovery> subscribe(
            ChannelName channel,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable StreamPosition changesSince);

    /**
     * Asks the owners of many channels whether they stand as this node believes; changes nothing. Never fails: what
     * could not be asked is counted.
     *
     * @param standings any number; they are grouped by owner
     */
    Future<Comparison> compare(List<Standing> standings);

    /** Ends the routing of the channel to this node, unless a later {@code interest} renewed it. */
    Future<Void> unsubscribe(ChannelName channel, long interest);

    /**
     * Whether steps are refused for now, because too many nodes are out of reach. One that is under way may have its
     * answer much later then, if ever, and it would not be believed.
     */
    boolean refuses();
}
