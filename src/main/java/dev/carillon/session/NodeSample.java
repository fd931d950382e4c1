package dev.carillon.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands, and what happened on it since the sample before.
 *
 * @param node its id
 * @param at when it was taken
 * @param intervalMs since the sample before, in milliseconds: what rates and closes are about
 * @param ready whether it takes clients: joined, with a majority, its copies once complete, not draining
 * @param majority whether it sees enough nodes to write
 * @param partitionsSafe whether everything it owns has its copies now
 * @param draining whether it sends its clients away
 * @param connections open client sockets
 * @param subscriptions (connection, channel) pairs
 * @param channels channels with subscribers on it
 * @param opensPerSecond sockets opened
 * @param loginsPerSecond sessions whose first token was believed
 * @param returnsPerSecond those of them that came back, with positions of an earlier session
 * @param recoveriesPerSecond subscribers that came back and asked for what they missed
 * @param lossesPerSecond those of them that could not be given it
 * @param closes sockets closed in the interval, by close code; codes without any are left out
 * @param framesInPerSecond frames taken from clients
 * @param publishesPerSecond publications taken, from whomever
 * @param deliveriesPerSecond frames of publications and presence written to sockets
 * @param refusalsPerSecond commands answered with an error
 * @param publishMs from taking a publication to its acknowledgement by the owner; null if there was none
 * @param writeMs from a publication's coming to any node to its being written to the sockets of this one, rounded up to
 *     the buckets of its histogram; null if there was none
 * @param publishesWaiting publications that wait for their offset
 * @param backlogBytes bytes that wait for sockets that take nothing at the moment
 * @param backlogSockets those sockets
 * @param linkBytes bytes that wait for other nodes
 * @param slowClosesPerSecond connections ended with 4004
 * @param slowDropsPerSecond publications dropped for clients that read too slowly
 * @param cpu share of one core that the process used, 1.0 for one whole core
 * @param heapUsedBytes heap in use
 * @param heapMaxBytes heap that it may use
 */
public record NodeSample(
        String node,
        Instant at,
        long intervalMs,
        boolean ready,
        boolean majority,
        boolean partitionsSafe,
        boolean draining,
        int connections,
        long subscriptions,
        int channels,
        double opensPerSecond,
        double loginsPerSecond,
        double returnsPerSecond,
        double recoveriesPerSecond,
        double lossesPerSecond,
        Map<String, Long> closes,
        double framesInPerSecond,
        double publishesPerSecond,
        double deliveriesPerSecond,
        double refusalsPerSecond,
        @Nullable Percentiles publishMs,
        @Nullable Percentiles writeMs,
        long publishesWaiting,
        long backlogBytes,
        long backlogSockets,
        long linkBytes,
        double slowClosesPerSecond,
        double slowDropsPerSecond,
        double cpu,
        long heapUsedBytes,
        long heapMaxBytes) {
    public NodeSample {
        closes = Map.copyOf(closes);
    }

    /** Of a time in milliseconds. */
    public record Percentiles(double p50, double p95, double p99, double max) {}
}
