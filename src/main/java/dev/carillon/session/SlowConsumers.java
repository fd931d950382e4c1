package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.SlowConsumer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a node does with sockets that do not take what is written to them. Of {@code limits.max-queued-bytes} the first
 * half may be on its way (in Netty, or in Vert.x), the second half waits in a {@link Backlog}. Safe on any thread.
 */
public final class SlowConsumers {
    private final int maxUnderWayBytes;
    private final int maxBacklogBytes;
    private final int maxBacklogMessages;
    private final Map<String, NamespaceSettings> namespaces;
    private final Map<String, Policy> byNamespace = new ConcurrentHashMap<>();
    private final SlowConsumerListener listener;

    /** What happens to the subscribers of one namespace. */
    record Policy(SlowConsumer action, ConflationKey key) {
        static final Policy CLOSE = new Policy(SlowConsumer.CLOSE, new ConflationKey(""));
    }

    /** @param namespaces as they are at each question; what one says of slow consumers when it is first seen holds */
    public SlowConsumers(
            LimitSettings limits, Map<String, NamespaceSettings> namespaces, SlowConsumerListener listener) {
        this.maxUnderWayBytes = limits.maxQueuedBytes() / 2;
        this.maxBacklogBytes = limits.maxQueuedBytes() - maxUnderWayBytes;
        this.maxBacklogMessages = limits.maxBacklogMessages();
        this.listener = listener;
        this.namespaces = namespaces;
        Policy reserved = new Policy(NamespaceSettings.RESERVED.slowConsumer(), new ConflationKey(""));
        OperatorChannel.NAMESPACES.forEach(name -> byNamespace.put(name, reserved));
    }

    /** Bytes that may be on their way to a socket before it counts as full; one write may go beyond. */
    public int maxUnderWayBytes() {
        return maxUnderWayBytes;
    }

    int maxBacklogBytes() {
        return maxBacklogBytes;
    }

    int maxBacklogMessages() {
        return maxBacklogMessages;
    }

    Policy of(ChannelName channel) {
        Policy known = byNamespace.get(channel.namespace());
        return known != null ? known : firstSeen(channel.namespace());
    }

    private Policy firstSeen(String name) {
        NamespaceSettings settings = namespaces.get(name);
        return settings == null
                ? Policy.CLOSE
                : byNamespace.computeIfAbsent(
                        name, seen -> new Policy(settings.slowConsumer(), new ConflationKey(settings.conflationKey())));
    }

    SlowConsumerListener listener() {
        return listener;
    }
}
