package dev.carillon.cluster.owner;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which nodes have subscribers: all that an ephemeral publication needs. Answer: the nodes; nothing if there are none. */
public final class ReadNodes extends ChannelStep implements ReadOnly {
    public ReadNodes() {}

    @Override
    public byte @Nullable [] process(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        return state == null ? null : new Packer(32).texts(state.nodes()).toBytes();
    }

    @Override
    public @Nullable EntryProcessor<String, ChannelState, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    void pack(Packer packer) {}

    @Override
    void unpack(Unpacker unpacker) {}

    @Override
    public int getClassId() {
        return OwnerFactory.READ_NODES;
    }
}
