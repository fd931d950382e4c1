package dev.carillon.cluster.owner;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks whether a node left anything on a channel. Answer: no bytes, if so; else nothing. */
public final class ReadLeft extends ReadStep {
    private static final byte[] YES = {};

    private String node = "";

    ReadLeft() {}

    public ReadLeft(String node) {
        this.node = node;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        return state != null && state.knows(node) ? YES : null;
    }

    @Override
    void pack(Packer packer) {
        packer.text(node);
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.text();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.READ_LEFT;
    }
}
