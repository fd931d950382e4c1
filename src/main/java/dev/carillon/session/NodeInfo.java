package dev.carillon.session;

import java.time.Instant;

/**
 * A node, for operators and for whoever balances load; every node tells it the others from time to time.
 *
 * @param id of the node; new at each start
 * @param http where it listens for clients, {@code host:port}
 * @param url what clients reach it at, {@code http.public-url}; empty if it has none of its own
 * @param draining whether it is leaving and takes no more clients
 * @param connections open client sockets
 * @param subscriptions (connection, channel) pairs
 * @param publishesPerSecond taken by this node, over the last interval
 * @param deliveriesPerSecond frames of publications written to sockets, over the last interval
 * @param cpu share of one core that the process used over the last interval, 1.0 for one whole core
 * @param heapUsedBytes heap in use
 * @param reportedAt when the node said so
 */
public record NodeInfo(
        String id,
        String version,
        String http,
        String url,
        boolean draining,
        Instant startedAt,
        int connections,
        long subscriptions,
        double publishesPerSecond,
        double deliveriesPerSecond,
        double cpu,
        long heapUsedBytes,
        Instant reportedAt) {}
