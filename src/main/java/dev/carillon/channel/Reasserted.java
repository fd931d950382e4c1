package dev.carillon.channel;

/**
 * What came of comparing all channels of this node with their owners.
 *
 * @param channels how many were compared, counted once for each event loop that has them
 * @param drifted how many of them stood differently, and are repaired now
 * @param unanswered how many no owner could be asked about
 */
public record Reasserted(long channels, long drifted, long unanswered) {
    Reasserted plus(Reasserted more) {
        return new Reasserted(channels + more.channels, drifted + more.drifted, unanswered + more.unanswered);
    }
}
