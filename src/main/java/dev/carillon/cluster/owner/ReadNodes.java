package dev.carillon.cluster.owner;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which nodes have subscribers: all that an ephemeral publication needs. Answer: the nodes; nothing if there are none. */
public final class ReadNodes extends ReadStep {
    public ReadNodes() {}

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        return state == null ? null : new Packer(32).texts(state.nodes()).toBytes();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.READ_NODES;
    }
}
