package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * What one client may cost, and what the node keeps for another node.
 *
 * @param maxFrameBytes largest WebSocket frame; a larger one closes with 1009
 * @param maxMessageBytes largest message, all its frames together; a larger one closes with 1009
 * @param maxQueuedBytes bytes waiting for one slow socket: the first half on their way, the other half as its backlog,
 *     where each message counts 96 more; what happens beyond it, each namespace says
 * @param maxBacklogMessages publications of one channel that wait in the backlog of one socket, where the namespace drops
 *     what is beyond
 * @param connectionsPerUser connections of one user in the whole cluster; one more is closed with 4429
 * @param subscriptionsPerConnection channels of one connection, without those the server subscribes
 * @param commandsInFlight commands of one connection that wait for their reply; one more is answered 103
 * @param messagesPerSecond frames a connection may send, with a burst of twice as many; beyond it 103, then close 4007
 * @param bytesPerSecond bytes a connection may send, with a burst of twice as many; 0 for 16 KiB for each of its messages
 * @param userMessagesPerSecond frames that all connections of a user may send together, on whatever nodes; 0 for three times
 *     what one may
 * @param userBytesPerSecond bytes, likewise
 * @param recoveryMessages most messages that a subscribe replays; a larger gap is not recovered
 * @param historyPage most messages that one history answer holds
 * @param requestTimeout longest time a client's request may wait for a verticle
 * @param authorizeTimeout time a verticle has to answer an authorization, or to say what is published for a client;
 *     the client is told 101 after it
 * @param maxLinkBytes bytes waiting for one other node or not acknowledged by it; beyond it events are dropped, and its
 *     subscribers read them from the owners
 * @param publishTimeout time in which a publication gets its offset, retries included, or is answered 101
 */
public record LimitSettings(
        int maxFrameBytes,
        int maxMessageBytes,
        int maxQueuedBytes,
        int maxBacklogMessages,
        int connectionsPerUser,
        int subscriptionsPerConnection,
        int commandsInFlight,
        int messagesPerSecond,
        int bytesPerSecond,
        int userMessagesPerSecond,
        int userBytesPerSecond,
        int recoveryMessages,
        int historyPage,
        Duration requestTimeout,
        Duration authorizeTimeout,
        int maxLinkBytes,
        Duration publishTimeout) {
    // What the rates that are not set follow from, so that who raises one raises all.
    private static final int BYTES_OF_A_MESSAGE = 16 * 1024;
    private static final int CONNECTIONS_AT_WORK = 3;
    private static final int PUBLISHERS_OF_A_CHANNEL = 100;

    public static final LimitSettings DEFAULTS = new LimitSettings(
            64 * 1024,
            256 * 1024,
            1024 * 1024,
            256,
            5,
            1000,
            256,
            100,
            0,
            0,
            0,
            300,
            300,
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            16 * 1024 * 1024,
            Duration.ofSeconds(15));

    public LimitSettings {
        require(maxFrameBytes >= 1024, "limits.max-frame-bytes must be at least 1024, was " + maxFrameBytes);
        require(
                maxMessageBytes >= maxFrameBytes,
                "limits.max-message-bytes must be at least limits.max-frame-bytes, was " + maxMessageBytes);
        require(maxQueuedBytes >= 64 * 1024, "limits.max-queued-bytes must be at least 65536, was " + maxQueuedBytes);
        require(maxBacklogMessages >= 1, "limits.max-backlog-messages must be at least 1, was " + maxBacklogMessages);
        require(connectionsPerUser >= 1, "limits.connections-per-user must be at least 1, was " + connectionsPerUser);
        require(
                subscriptionsPerConnection >= 1,
                "limits.subscriptions-per-connection must be at least 1, was " + subscriptionsPerConnection);
        require(commandsInFlight >= 1, "limits.commands-in-flight must be at least 1, was " + commandsInFlight);
        require(messagesPerSecond >= 1, "limits.messages-per-second must be at least 1, was " + messagesPerSecond);
        require(bytesPerSecond >= 0, "limits.bytes-per-second must not be negative, was " + bytesPerSecond);
        require(
                userMessagesPerSecond >= 0,
                "limits.user-messages-per-second must not be negative, was " + userMessagesPerSecond);
        require(
                userBytesPerSecond >= 0,
                "limits.user-bytes-per-second must not be negative, was " + userBytesPerSecond);
        require(recoveryMessages >= 0, "limits.recovery-messages must not be negative, was " + recoveryMessages);
        require(historyPage >= 1, "limits.history-page must be at least 1, was " + historyPage);
        require(
                requestTimeout.toMillis() >= 1,
                "limits.request-timeout must be at least 1ms, was " + DurationText.of(requestTimeout));
        require(
                authorizeTimeout.toMillis() >= 1,
                "limits.authorize-timeout must be at least 1ms, was " + DurationText.of(authorizeTimeout));
        require(maxLinkBytes >= 1024 * 1024, "limits.max-link-bytes must be at least 1048576, was " + maxLinkBytes);
        require(
                publishTimeout.toMillis() >= 1000,
                "limits.publish-timeout must be at least 1s, was " + DurationText.of(publishTimeout));
    }

    /** Bytes that a connection may send in a second. */
    public long byteRate() {
        return bytesPerSecond == 0 ? (long) BYTES_OF_A_MESSAGE * messagesPerSecond : bytesPerSecond;
    }

    /** Frames that all connections of a user may send in a second. */
    public long userMessageRate() {
        return userMessagesPerSecond == 0 ? (long) CONNECTIONS_AT_WORK * messagesPerSecond : userMessagesPerSecond;
    }

    /** Bytes that all connections of a user may send in a second. */
    public long userByteRate() {
        return userBytesPerSecond == 0 ? CONNECTIONS_AT_WORK * byteRate() : userBytesPerSecond;
    }

    /**
     * Publications that all clients together may send to one channel in a second.
     *
     * @param namespace of the channel
     */
    public long channelRate(NamespaceSettings namespace) {
        int own = namespace.channelPublishesPerSecond();
        return own == 0 ? (long) PUBLISHERS_OF_A_CHANNEL * messagesPerSecond : own;
    }
}
