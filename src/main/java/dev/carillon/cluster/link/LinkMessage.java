package dev.carillon.cluster.link;

import dev.carillon.channel.ChannelEvent;
import dev.carillon.cluster.owner.Format;
import dev.carillon.cluster.owner.Packer;
import dev.carillon.cluster.owner.Unpacker;
import java.util.ArrayList;
import java.util.List;

/**
 * What travels on the link from one node to another. Every format begins with its version and, from the second on, the
 * sender.
 */
sealed interface LinkMessage {
    /** The latest that is read here, and the one before is; whoever does not know a format drops the message and says so. */
    int FORMAT = Format.LATEST;

    int EVENTS = 1;
    int BEAT = 2;
    int GOODBYE = 3;

    /** Id of the node it comes from; empty if that cannot be known. */
    String sender();

    /**
     * Events, numbered so that a lost message shows.
     *
     * @param incarnation of the link; a later one is greater
     * @param number of the message in it, the first is 1
     */
    record Events(String sender, long incarnation, long number, Unpacker packed) implements LinkMessage {
        /** Once only. Fails with {@link IllegalArgumentException} if these are no events. */
        List<ChannelEvent> unpack() {
            List<ChannelEvent> events = new ArrayList<>();
            while (!packed.isAtEnd()) {
                events.add(packed.event());
            }
            return events;
        }
    }

    /**
     * A sign of life, and how both directions stand.
     *
     * @param incarnation of the link it came by
     * @param last number that was sent on it
     * @param heardIncarnation of the link back, as its receiver knows it; 0 if it does not
     * @param heardNumber last number that came on that
     */
    record Beat(
            String sender, long incarnation, long last, long heardIncarnation, long heardNumber, RoundTrip.Stamp stamp)
            implements LinkMessage {
        byte[] toBytes() {
            return header(64, sender, incarnation, BEAT)
                    .number(last)
                    .number(heardIncarnation)
                    .number(heardNumber)
                    .number(stamp.sentMicros())
                    .number(stamp.heardMicros())
                    .number(stamp.heldMicros())
                    .toBytes();
        }

        private static Beat read(long version, String sender, long incarnation, Unpacker in) {
            return new Beat(sender, incarnation, in.number(), in.number(), in.number(), stamp(version, in));
        }

        // In the format before it may be missing, and those who do not know it read nothing after the numbers.
        private static RoundTrip.Stamp stamp(long version, Unpacker in) {
            return version == Format.BEFORE && in.isAtEnd()
                    ? RoundTrip.Stamp.NONE
                    : new RoundTrip.Stamp(in.number(), in.number(), in.number());
        }
    }

    /** The sender leaves in order: its silence from here on means nothing. */
    record Goodbye(String sender, long incarnation) implements LinkMessage {
        byte[] toBytes() {
            return header(32, sender, incarnation, GOODBYE).toBytes();
        }
    }

    /** A message in a format of another version of Carillon. */
    record Unknown(String sender, long version) implements LinkMessage {}

    /** Begins a message of events; {@linkplain Packer#event packed events} follow. */
    static Packer events(String sender, long incarnation, long number) {
        return header(1024, sender, incarnation, EVENTS).number(number);
    }

    private static Packer header(int expectedBytes, String sender, long incarnation, int kind) {
        return new Packer(expectedBytes)
                .number(Format.written())
                .text(sender)
                .number(incarnation)
                .number(kind);
    }

    /** Reads a message, but for its events. Fails with {@link IllegalArgumentException} on bytes that are none. */
    static LinkMessage read(byte[] bytes) {
        Unpacker unpacker = new Unpacker(bytes);
        long version = unpacker.number();
        String sender = version == 1 ? "" : unpacker.text();
        if (version != FORMAT && version != Format.BEFORE) {
            return new Unknown(sender, version);
        }
        long incarnation = unpacker.number();
        int kind = (int) unpacker.number();
        return switch (kind) {
            case EVENTS -> new Events(sender, incarnation, unpacker.number(), unpacker);
            case BEAT -> Beat.read(version, sender, incarnation, unpacker);
            case GOODBYE -> new Goodbye(sender, incarnation);
            default -> throw new IllegalArgumentException("message of an unknown kind");
        };
    }
}
