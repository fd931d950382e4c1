package dev.carillon.cluster.owner;

import dev.carillon.channel.history.ChannelStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what an operator wants to know of a channel. Answer: position, kept, members, nodes. */
public final class ReadSummary extends ReadStep {
    public ReadSummary() {}

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state == null) {
            return null;
        }
        ChannelStream stream = state.stream();
        Packer packer = new Packer(64);
        packer.text(stream == null ? "" : stream.position().epoch())
                .number(stream == null ? 0 : stream.position().offset())
                .number(stream == null ? 0 : stream.keptCount())
                .number(state.members().sessions())
                .texts(state.nodes());
        return packer.toBytes();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.READ_SUMMARY;
    }
}
