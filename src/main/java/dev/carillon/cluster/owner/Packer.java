package dev.carillon.cluster.owner;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Writes what travels between nodes and rests at owners: variable-length numbers, and strings and bytes behind their
 * length. {@link Unpacker} reads it. Not thread-safe.
 */
public final class Packer {
    static final int PUBLICATION = 1;
    static final int PRESENCE_CHANGE = 2;

    /** The parts that a draft or publication may have or lack. */
    static final int BINARY = 1;

    static final int USER = 2;
    static final int KEY = 4;
    static final int TRACE = 8;

    /** What a change of presence may be or have. */
    static final int JOINED = 1;

    static final int EPOCH = 2;
    static final int DROPPED = 4;

    /** Always there, which tells the parts from the flag that stood in their place in the format before. */
    static final int PARTS = 16;

    private byte[] bytes;
    private int size;

    public Packer(int expectedBytes) {
        bytes = new byte[expectedBytes];
    }

    /** What was written. */
    public byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    public int size() {
        return size;
    }

    /** A number that is not negative: one byte for each seven bits. */
    @CanIgnoreReturnValue
    public Packer number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    @CanIgnoreReturnValue
    public Packer flag(boolean value) {
        return number(value ? 1 : 0);
    }

    @CanIgnoreReturnValue
    public Packer bytes(byte[] value) {
        return number(value.length).raw(value);
    }

    /** Bytes that tell their own length. */
    @CanIgnoreReturnValue
    public Packer raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    @CanIgnoreReturnValue
    public Packer text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    @CanIgnoreReturnValue
    public Packer optionalText(@Nullable String value) {
        flag(value != null);
        return value == null ? this : text(value);
    }

    @CanIgnoreReturnValue
    public Packer texts(Collection<String> values) {
        number(values.size());
        values.forEach(this::text);
        return this;
    }

    @CanIgnoreReturnValue
    public Packer draft(Draft draft) {
        Packer content = Format.isBefore()
                ? payload(draft.data()).optionalText(draft.userId()).optionalText(draft.key())
                : content(draft.data(), draft.userId(), draft.key(), draft.traceparent());
        return content.number(draft.timestampMillis());
    }

    /** Without its channel and epoch, which stand beside it. */
    @CanIgnoreReturnValue
    public Packer kept(Publication publication) {
        number(publication.offset());
        Packer content = Format.isBefore()
                ? payload(publication.data()).optionalText(publication.userId())
                : content(publication.data(), publication.userId(), null, publication.traceparent());
        return content.number(publication.timestampMillis());
    }

    private Packer payload(Payload data) {
        flag(data.isBinary()).bytes(data.json());
        return data.isBinary() ? bytes(data.bytes()) : this;
    }

    /** One number says which of its parts there are. */
    private Packer content(Payload data, @Nullable String userId, @Nullable String key, @Nullable String traceparent) {
        int parts = PARTS
                | (data.isBinary() ? BINARY : 0)
                | (userId == null ? 0 : USER)
                | (key == null ? 0 : KEY)
                | (traceparent == null ? 0 : TRACE);
        number(parts).bytes(data.json());
        if (data.isBinary()) {
            bytes(data.bytes());
        }
        return textIfAny(userId).textIfAny(key).textIfAny(traceparent);
    }

    private Packer textIfAny(@Nullable String value) {
        return value == null ? this : text(value);
    }

    @CanIgnoreReturnValue
    public Packer position(StreamPosition position) {
        return text(position.epoch()).number(position.offset());
    }

    @CanIgnoreReturnValue
    public Packer publications(Collection<Publication> publications) {
        number(publications.size());
        publications.forEach(this::kept);
        return this;
    }

    @CanIgnoreReturnValue
    public Packer member(Member member) {
        return text(member.userId())
                .text(member.sessionId())
                .text(member.info())
                .number(member.sinceMillis())
                .text(member.node());
    }

    @CanIgnoreReturnValue
    public Packer change(PresenceChange change) {
        return change(change, false);
    }

    /** @param dropped which the format before did not say */
    @CanIgnoreReturnValue
    Packer change(PresenceChange change, boolean dropped) {
        boolean counted = !Format.isBefore() && !change.epoch().isEmpty();
        number(change.version());
        number((change.joined() ? JOINED : 0) | (counted ? EPOCH : 0) | (dropped && !Format.isBefore() ? DROPPED : 0));
        return (counted ? text(change.epoch()) : this).member(change.member());
    }

    /** Any event, with its channel. */
    @CanIgnoreReturnValue
    public Packer event(ChannelEvent event) {
        if (event instanceof Publication publication) {
            return number(PUBLICATION)
                    .text(publication.channel().key())
                    .text(publication.epoch())
                    .kept(publication);
        } else if (event instanceof PresenceChange change) {
            return number(PRESENCE_CHANGE).text(change.channel().key()).change(change);
        }
        throw new AssertionError(event.getClass());
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
