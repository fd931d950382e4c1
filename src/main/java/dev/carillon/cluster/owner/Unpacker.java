package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.ChannelPresence.Recent;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link Packer} wrote. Every read fails with {@link IllegalArgumentException} on bytes that no packer
 * wrote. Not thread-safe.
 */
public final class Unpacker {
    private final byte[] bytes;
    private int at;

    public Unpacker(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isAtEnd() {
        return at == bytes.length;
    }

    public long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == bytes.length) {
                throw new IllegalArgumentException("cut short");
            }
            byte next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("no number");
    }

    /** How many bytes or elements follow; never more than there are bytes left. */
    public int length() {
        long length = number();
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException("cut short");
        }
        return (int) length;
    }

    public boolean flag() {
        return number() != 0;
    }

    public byte[] bytes() {
        int length = length();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    public String text() {
        int length = length();
        at += length;
        return length == 0 ? "" : new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    /** A text that many have, such as the name of a node: one and the same string for most of them. */
    public String common() {
        int length = length();
        at += length;
        return CommonTexts.of(bytes, at - length, length);
    }

    public @Nullable String optionalText() {
        return flag() ? text() : null;
    }

    public List<String> texts() {
        return list(this::text);
    }

    /** As many elements as a number before them says. */
    public <T> List<T> list(Supplier<T> element) {
        int length = length();
        List<T> list = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            list.add(element.get());
        }
        return list;
    }

    public Draft draft() {
        return draft(true);
    }

    /** @param keyed whether there was a key in the format before */
    private Draft draft(boolean keyed) {
        int parts = (int) number();
        Payload data = payload(parts);
        if ((parts & Packer.PARTS) == 0) {
            return new Draft(data, optionalText(), keyed ? optionalText() : null, number());
        }
        String userId = textIf(parts, Packer.USER);
        String key = textIf(parts, Packer.KEY);
        String traceparent = textIf(parts, Packer.TRACE);
        return new Draft(data, userId, key, number(), traceparent);
    }

    public Publication kept(ChannelName channel, String epoch) {
        StreamPosition position = new StreamPosition(epoch, number());
        return Publication.of(channel, position, draft(false));
    }

    private Payload payload(int parts) {
        byte[] json = bytes();
        return (parts & Packer.BINARY) == 0 ? Payload.json(json) : Payload.binary(json, bytes());
    }

    private @Nullable String textIf(int parts, int part) {
        return (parts & part) == 0 ? null : text();
    }

    public StreamPosition position() {
        return new StreamPosition(text(), number());
    }

    public List<Publication> publications(ChannelName channel, String epoch) {
        return list(() -> kept(channel, epoch));
    }

    public Member member() {
        return new Member(text(), text(), common(), number(), common());
    }

    public PresenceChange change(ChannelName channel) {
        return recent(channel).change();
    }

    Recent recent(ChannelName channel) {
        long version = number();
        int parts = (int) number();
        String epoch = (parts & Packer.EPOCH) == 0 ? "" : text();
        boolean joined = (parts & Packer.JOINED) != 0;
        return new Recent(new PresenceChange(channel, epoch, version, joined, member()), (parts & Packer.DROPPED) != 0);
    }

    public ChannelEvent event() {
        int kind = (int) number();
        ChannelName channel = ChannelName.ofKey(text());
        return switch (kind) {
            case Packer.PUBLICATION -> kept(channel, text());
            case Packer.PRESENCE_CHANGE -> change(channel);
            default -> throw new IllegalArgumentException("event of an unknown kind");
        };
    }
}
