package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The channels that nodes publish on for operators, and nobody else: {@code $nodes} tells how each node stands, once a
 * second; {@code $trace:user:ID} and {@code $trace:channel:NAME} show what happens to a user or on a channel,
 * {@code $payloads:…} the same with the data.
 */
public final class OperatorChannel {
    public static final ChannelName NODES = new ChannelName("$nodes");

    /** Traces without data, open to whoever has {@link dev.carillon.auth.Identity#API_SCOPE}. */
    public static final String TRACE = "$trace";

    /** Traces with data, which take {@link dev.carillon.auth.Identity#PAYLOADS_SCOPE} as well. */
    public static final String PAYLOADS = "$payloads";

    static final List<String> NAMESPACES = List.of(NODES.value(), TRACE, PAYLOADS);

    public static final String USER = "user:";
    public static final String CHANNEL = "channel:";

    private static final Pattern TRACED = Pattern.compile("(user|channel):.+");

    private OperatorChannel() {}

    /** Whether nodes publish on it. */
    static boolean isOne(ChannelName channel) {
        return channel.equals(NODES) || channel.tenant().isEmpty() && isTrace(channel);
    }

    public static boolean isTrace(ChannelName channel) {
        String namespace = channel.namespace();
        return (namespace.equals(TRACE) || namespace.equals(PAYLOADS))
                && TRACED.matcher(channel.rest()).matches();
    }
}
