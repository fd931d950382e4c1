package dev.carillon.protocol;

import dev.carillon.channel.Payload;
import dev.carillon.channel.StreamPosition;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frame from a client; one record per wire type. An {@code id} of 0 means that the client gave none. */
public sealed interface ClientFrame {
    /** Chosen by the client, 1 to 2^53-1, or 0 for none: then only a failure is answered. */
    long id();

    /**
     * @param subscribe channels to subscribe in the same step; their ids are 0
     * @param clientName what the client calls itself, for operators; empty if it does not say
     */
    record Auth(long id, String token, List<Subscribe> subscribe, String clientName, String clientVersion)
            implements ClientFrame {}

    /** A fresh token of the same user for a live connection. */
    record Refresh(long id, String token) implements ClientFrame {}

    /**
     * @param since asks for what came after this position; null for from now on
     * @param token a channel token; null for none
     */
    record Subscribe(
            long id,
            String channel,
            @Nullable StreamPosition since,
            @Nullable String token) implements ClientFrame {}

    record Unsubscribe(long id, String channel) implements ClientFrame {}

    /**
     * @param key makes a retry harmless; null for none
     * @param traceparent what the client is doing, as W3C Trace Context writes it; null if it does not say
     */
    record Publish(
            long id,
            String channel,
            Payload data,
            @Nullable String key,
            @Nullable String traceparent) implements ClientFrame {}

    /** Says where the bytes of the next binary message go. */
    record BinaryAhead(
            long id,
            String channel,
            byte[] meta,
            @Nullable String key,
            @Nullable String traceparent) implements ClientFrame {
        /** The publish that it is together with its bytes. */
        public Publish with(byte[] bytes) {
            return new Publish(id, channel, Payload.binary(meta, bytes), key, traceparent);
        }
    }

    /** @param limit most messages wanted, at least 1; the node's own limit applies as well */
    record History(
            long id, String channel, int limit, @Nullable StreamPosition since, boolean reverse)
            implements ClientFrame {}

    /** @param stats counts only, without members */
    record Presence(long id, String channel, boolean stats) implements ClientFrame {}

    /**
     * @param timeout null for the node's own
     * @param traceparent what the client is doing, as W3C Trace Context writes it; null if it does not say
     */
    record Request(
            long id,
            String address,
            Payload data,
            @Nullable Duration timeout,
            @Nullable String traceparent) implements ClientFrame {}

    record Ping(long id) implements ClientFrame {}

    record Pong(long id) implements ClientFrame {}
}
