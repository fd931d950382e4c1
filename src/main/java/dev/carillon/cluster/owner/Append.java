package dev.carillon.cluster.owner;

import dev.carillon.channel.Draft;
import dev.carillon.channel.history.ChannelStream;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends drafts, and tells which nodes have subscribers. Answer: epoch and offsets, then the nodes; nothing if the origin
 * has gone on to a later turn.
 */
public final class Append extends ChannelStep {
    private String origin = "";
    private long turn;
    private List<Draft> drafts = List.of();
    private Retention retention = Retentions.NONE;
    private String freshEpoch = "";

    Append() {}

    public Append(String origin, long turn, List<Draft> drafts, Retention retention, String freshEpoch) {
        this.origin = origin;
        this.turn = turn;
        this.drafts = drafts;
        this.retention = retention;
        this.freshEpoch = freshEpoch;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = open(entry);
        ChannelStream stream = state.stream(entry, freshEpoch);
        byte[] outcome = state.append(origin, turn, drafts, stream, retention);
        entry.setValue(state);
        if (outcome == null) {
            return null;
        }
        return new Packer(outcome.length + 64)
                .bytes(outcome)
                .texts(state.nodes())
                .toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.text(origin).number(turn).number(drafts.size());
        drafts.forEach(packer::draft);
        Retentions.pack(packer, retention);
        packer.text(freshEpoch);
    }

    @Override
    void unpack(Unpacker unpacker) {
        origin = unpacker.common();
        turn = unpacker.number();
        drafts = unpacker.list(unpacker::draft);
        retention = Retentions.unpack(unpacker);
        freshEpoch = unpacker.text();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.APPEND;
    }
}
