package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The rules of one namespace of channels.
 *
 * @param subscribe who may subscribe: any rule that says yes is enough; none means only the server
 * @param publish who may publish, likewise
 * @param authorize event-bus address that is asked where a rule is {@code ask}
 * @param publishThrough event-bus address of the verticle that is given what clients publish and answers with what is
 *     published; empty for none
 * @param ephemeral no offsets, no history, no deduplication: at most once, in order per publisher
 * @param historySize publications kept
 * @param historyTtl age at which a kept publication is dropped
 * @param keyTtl time a publication's key is remembered so that a retry is harmless
 * @param presence whether members are tracked
 * @param joinLeave whether subscribers are told of joins and leaves; needs {@code presence}
 * @param personal whether sockets of the bare form, which have the messages of one channel, are given those of their
 *     user's personal channel as well
 * @param maxDataBytes largest data of one publication
 * @param compressAboveBytes messages of a publication larger than this are deflated for clients that agreed on it; with
 *     {@code http.compression} only
 * @param publishesPerSecond publications one connection may send to one channel in a second; 0 for no bound of its own
 * @param channelPublishesPerSecond publications all clients together may send to one channel in a second, on whatever nodes;
 *     0 for a hundred times what one connection may send
 * @param slowConsumer what happens to a subscriber that does not read
 * @param conflationKey dotted path of the field of data that says what a publication is the latest of; empty if all are of
 *     one thing; only with {@code latest}
 * @param schema JSON Schema that data must meet; empty for any
 */
public record NamespaceSettings(
        List<Access> subscribe,
        List<Access> publish,
        String authorize,
        String publishThrough,
        boolean ephemeral,
        int historySize,
        Duration historyTtl,
        Duration keyTtl,
        boolean presence,
        boolean joinLeave,
        boolean personal,
        int maxDataBytes,
        int compressAboveBytes,
        int publishesPerSecond,
        int channelPublishesPerSecond,
        SlowConsumer slowConsumer,
        String conflationKey,
        Map<String, Object> schema) {
    /** One way to be allowed. */
    public enum Access {
        /** Every authenticated user. */
        ANY,
        /** The user whose id is the channel's rest, or its first part before a further colon. */
        OWN,
        /** A token whose {@code channels} claim names the channel. */
        CLAIM,
        /** A channel token, given with the command. */
        TOKEN,
        /** The verticle at the namespace's {@code authorize} address. */
        ASK
    }

    /** What happens when a socket's queue is full. */
    public enum SlowConsumer {
        /** The connection is closed with 4004 and recovers. */
        CLOSE,
        /** The newest publications wait, the oldest are dropped, and a mark says how many were. */
        @JsonProperty("drop-oldest")
        DROP_OLDEST,
        /** Of each thing only the latest publication waits, and a mark says how many were passed over. */
        LATEST
    }

    /** What a namespace begins with: nobody but the server may do anything. */
    public static final NamespaceSettings DEFAULTS = new NamespaceSettings(
            List.of(),
            List.of(),
            "",
            "",
            false,
            100,
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            false,
            false,
            false,
            32 * 1024,
            1024,
            0,
            0,
            SlowConsumer.CLOSE,
            "",
            Map.of());

    /** Of {@code user:{id}}: the server subscribes every connection of the user, and nobody else. */
    public static final NamespaceSettings USER = DEFAULTS;

    /** Of {@code online}: everybody may see who comes and goes, thousands in a second after a node was lost. */
    public static final NamespaceSettings ONLINE = new NamespaceSettings(
            List.of(Access.ANY),
            List.of(),
            "",
            "",
            false,
            10_000,
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            false,
            false,
            false,
            32 * 1024,
            1024,
            0,
            0,
            SlowConsumer.CLOSE,
            "",
            Map.of());

    /** Of {@code $…}, the operators' channels: no owner keeps them, and a reader that is too slow misses some. */
    public static final NamespaceSettings RESERVED = new NamespaceSettings(
            List.of(),
            List.of(),
            "",
            "",
            true,
            0,
            Duration.ZERO,
            Duration.ZERO,
            false,
            false,
            false,
            64 * 1024,
            1024,
            0,
            0,
            SlowConsumer.DROP_OLDEST,
            "",
            Map.of());

    public NamespaceSettings {
        require(historySize >= 0, "history-size must not be negative, was " + historySize);
        require(!historyTtl.isNegative(), "history-ttl must not be negative, was " + DurationText.of(historyTtl));
        require(!keyTtl.isNegative(), "key-ttl must not be negative, was " + DurationText.of(keyTtl));
        require(maxDataBytes >= 1, "max-data-bytes must be at least 1, was " + maxDataBytes);
        require(compressAboveBytes >= 0, "compress-above-bytes must not be negative, was " + compressAboveBytes);
        require(publishesPerSecond >= 0, "publishes-per-second must not be negative, was " + publishesPerSecond);
        require(
                channelPublishesPerSecond >= 0,
                "channel-publishes-per-second must not be negative, was " + channelPublishesPerSecond);
        require(presence || !joinLeave, "join-leave needs presence: true");
        subscribe = List.copyOf(subscribe);
        publish = List.copyOf(publish);
        require(
                !authorize.isBlank() || !(subscribe.contains(Access.ASK) || publish.contains(Access.ASK)),
                "authorize must name the event-bus address that is asked, because a rule is ask");
        require(
                conflationKey.isEmpty() || slowConsumer == SlowConsumer.LATEST,
                "conflation-key needs slow-consumer: latest");
        require(
                conflationKey.isEmpty() || conflationKey.matches("[^.\\s]+(\\.[^.\\s]+)*"),
                "conflation-key must be field names joined by dots, such as symbol or order.id, was " + conflationKey);
        schema = Map.copyOf(schema);
    }
}
