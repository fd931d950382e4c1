package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * What one client may cost.
 *
 * @param maxFrameBytes largest WebSocket frame; a larger one closes with 1009
 * @param maxMessageBytes largest message, all its frames together; a larger one closes with 1009
 * @param maxQueuedBytes bytes waiting for one slow socket; more closes it with 4004
 * @param connectionsPerUser connections of one user in the whole cluster; one more is closed with 4429
 * @param subscriptionsPerConnection channels of one connection, without those the server subscribes
 * @param commandsInFlight commands of one connection that wait for their reply; one more is answered 103
 * @param messagesPerSecond frames a connection may send, with a burst of twice as many; beyond it 103, then close 4007
 * @param recoveryMessages most messages that a subscribe replays; a larger gap is not recovered
 * @param historyPage most messages that one history answer holds
 * @param requestTimeout longest time a client's request may wait for a verticle
 * @param authorizeTimeout time a verticle has to answer an authorization; no answer means no
 */
public record LimitSettings(
        int maxFrameBytes,
        int maxMessageBytes,
        int maxQueuedBytes,
        int connectionsPerUser,
        int subscriptionsPerConnection,
        int commandsInFlight,
        int messagesPerSecond,
        int recoveryMessages,
        int historyPage,
        Duration requestTimeout,
        Duration authorizeTimeout) {
    public static final LimitSettings DEFAULTS = new LimitSettings(
            64 * 1024,
            256 * 1024,
            1024 * 1024,
            5,
            1000,
            256,
            100,
            300,
            300,
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));

    public LimitSettings {
        require(maxFrameBytes >= 1024, "limits.max-frame-bytes must be at least 1024, was " + maxFrameBytes);
        require(
                maxMessageBytes >= maxFrameBytes,
                "limits.max-message-bytes must be at least limits.max-frame-bytes, was " + maxMessageBytes);
        require(maxQueuedBytes >= 64 * 1024, "limits.max-queued-bytes must be at least 65536, was " + maxQueuedBytes);
        require(connectionsPerUser >= 1, "limits.connections-per-user must be at least 1, was " + connectionsPerUser);
        require(
                subscriptionsPerConnection >= 1,
                "limits.subscriptions-per-connection must be at least 1, was " + subscriptionsPerConnection);
        require(commandsInFlight >= 1, "limits.commands-in-flight must be at least 1, was " + commandsInFlight);
        require(messagesPerSecond >= 1, "limits.messages-per-second must be at least 1, was " + messagesPerSecond);
        require(recoveryMessages >= 0, "limits.recovery-messages must not be negative, was " + recoveryMessages);
        require(historyPage >= 1, "limits.history-page must be at least 1, was " + historyPage);
        require(
                requestTimeout.toMillis() >= 1,
                "limits.request-timeout must be at least 1ms, was " + DurationText.of(requestTimeout));
        require(
                authorizeTimeout.toMillis() >= 1,
                "limits.authorize-timeout must be at least 1ms, was " + DurationText.of(authorizeTimeout));
    }
}
