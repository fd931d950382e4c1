package dev.carillon.cluster.owner;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step on a channel's owner and, if it changed something, on its copy. A step brings everything it needs, time and
 * fresh epochs included, because owner and copy must come to the same.
 */
abstract class ChannelStep implements EntryProcessor<String, ChannelState, byte[]>, IdentifiedDataSerializable {
    /** Runs on the partition thread; the answer goes back to who sent the step. */
    @Override
    public abstract byte @Nullable [] process(Map.Entry<String, ChannelState> entry);

    abstract void pack(Packer packer);

    abstract void unpack(Unpacker unpacker);

    /** The state to change; it counts only once it is set again. */
    static ChannelState open(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        return state == null ? new ChannelState() : state;
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(128);
        pack(packer);
        out.writeByteArray(packer.toBytes());
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        unpack(new Unpacker(OwnerFactory.bytes(in)));
    }
}
