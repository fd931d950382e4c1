package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/** One step on a channel. */
abstract class ChannelStep extends OwnerStep<ChannelState> {
    abstract void pack(Packer packer);

    abstract void unpack(Unpacker unpacker);

    /** The state to change; it counts only once it is set again. */
    static ChannelState open(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        return state == null ? new ChannelState() : state;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(128);
        pack(packer);
        OwnerFormat.write(out, packer);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        unpack(OwnerFormat.read(in));
    }
}
