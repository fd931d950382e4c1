package dev.carillon.channel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a publication carries, as bytes that pass through the node unread: one JSON value, or bytes with a JSON value
 * beside them. The arrays are shared and never changed.
 */
public final class Payload {
    /** JSON {@code null}. */
    public static final Payload NULL = json("null");

    private static final byte[] NO_BYTES = {};

    private final byte[] json;
    private final byte @Nullable [] bytes;

    private Payload(byte[] json, byte @Nullable [] bytes) {
        this.json = json;
        this.bytes = bytes;
    }

    /** @param json one valid JSON value in UTF-8; not copied */
    public static Payload json(byte[] json) {
        return new Payload(json, null);
    }

    public static Payload json(String json) {
        return json(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param meta one valid JSON value in UTF-8
     * @param bytes the data
     */
    public static Payload binary(byte[] meta, byte[] bytes) {
        return new Payload(meta, bytes);
    }

    public boolean isBinary() {
        return bytes != null;
    }

    /** The JSON value: the data itself, or what accompanies the bytes. */
    public byte[] json() {
        return json;
    }

    /** The bytes of a binary payload; empty for a JSON one. */
    public byte[] bytes() {
        return bytes == null ? NO_BYTES : bytes;
    }

    public int size() {
        return json.length + bytes().length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that
                && isBinary() == that.isBinary()
                && Arrays.equals(json, that.json)
                && Arrays.equals(bytes(), that.bytes());
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(json) + Arrays.hashCode(bytes());
    }

    /** Only the size: payloads never reach a log. */
    @Override
    public String toString() {
        return "Payload[" + size() + " bytes]";
    }
}
