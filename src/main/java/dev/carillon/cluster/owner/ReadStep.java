package dev.carillon.cluster.owner;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import org.jspecify.annotations.Nullable;

/** A step that changes nothing, so that no copy hears of it; one that needs nothing either brings nothing along. */
abstract class ReadStep extends ChannelStep implements ReadOnly {
    @Override
    public @Nullable EntryProcessor<String, ChannelState, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    void pack(Packer packer) {}

    @Override
    void unpack(Unpacker unpacker) {}
}
