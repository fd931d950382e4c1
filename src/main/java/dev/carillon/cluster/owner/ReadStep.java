package dev.carillon.cluster.owner;

import com.hazelcast.core.ReadOnly;

/** A step that changes nothing, so that no copy hears of it; one that needs nothing either brings nothing along. */
abstract class ReadStep extends ChannelStep implements ReadOnly {
    @Override
    final Copies copies() {
        return Copies.NONE;
    }

    @Override
    void pack(Packer packer) {}

    @Override
    void unpack(Unpacker unpacker) {}
}
