package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Drift;
import dev.carillon.channel.Standing;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares how channels stand at their owner with what a node believes; for many channels of one partition at once.
 * Answer, only for a channel that stands differently: in what, and the owner's offset.
 */
public final class CompareHeads extends ReadStep {
    /** The parts that a standing may have or lack; in the format before there was a flag for the first. */
    private static final int STREAM = 1;

    private static final int PRESENCE = 2;

    private String node = "";
    private Map<String, Standing> believed = Map.of();

    CompareHeads() {}

    /** @param standings of the channels that the step will be sent to */
    public CompareHeads(String node, Collection<Standing> standings) {
        this.node = node;
        believed = new HashMap<>(standings.size() * 2);
        standings.forEach(standing -> believed.put(standing.channel().key(), standing));
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        Standing standing = believed.get(entry.getKey());
        if (standing == null) {
            return null;
        }
        ChannelState state = entry.getValue();
        Long interest = state == null ? null : state.interestOf(node);
        if (state == null || interest == null || interest < standing.interest()) {
            return answer(Drift.Kind.UNROUTED, 0);
        }
        StreamPosition position = standing.position();
        if (position == null) {
            return changes(state, standing);
        }
        ChannelStream stream = state.stream();
        if (stream == null
                || !stream.position().epoch().equals(position.epoch())
                || stream.position().offset() < position.offset()) {
            return answer(Drift.Kind.OTHER_STREAM, 0);
        }
        long offset = stream.position().offset();
        return offset > position.offset() ? answer(Drift.Kind.BEHIND, offset) : changes(state, standing);
    }

    private static byte @Nullable [] changes(ChannelState state, Standing standing) {
        StreamPosition known = standing.changes();
        return known == null || known.equals(state.changes(null).position()) ? null : answer(Drift.Kind.PRESENCE, 0);
    }

    private static byte[] answer(Drift.Kind kind, long offset) {
        return new Packer(12).number(kind.ordinal()).number(offset).toBytes();
    }

    /** What an answer means. */
    public static Drift drift(Standing believed, byte[] answer) {
        Unpacker unpacker = new Unpacker(answer);
        return new Drift(believed, Drift.Kind.values()[(int) unpacker.number()], unpacker.number());
    }

    @Override
    void pack(Packer packer) {
        packer.text(node).number(believed.size());
        for (Standing standing : believed.values()) {
            StreamPosition position = standing.position();
            StreamPosition changes = Format.isBefore() ? null : standing.changes();
            packer.text(standing.channel().key()).number(standing.interest());
            packer.number((position != null ? STREAM : 0) | (changes != null ? PRESENCE : 0));
            if (position != null) {
                packer.position(position);
            }
            if (changes != null) {
                packer.position(changes);
            }
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.text();
        Map<String, Standing> read = new HashMap<>();
        for (int i = unpacker.length(); i > 0; i--) {
            String channel = unpacker.text();
            long interest = unpacker.number();
            long parts = unpacker.number();
            StreamPosition position = (parts & STREAM) == 0 ? null : unpacker.position();
            StreamPosition changes = (parts & PRESENCE) == 0 ? null : unpacker.position();
            read.put(channel, new Standing(ChannelName.ofKey(channel), interest, position, changes));
        }
        believed = read;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.COMPARE_HEADS;
    }
}
