package dev.carillon.cluster.owner;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ends the routing of the channel to a node, unless a later interest renewed it. No answer. */
public final class Unsubscribe extends ChannelStep {
    private String node = "";
    private long interest;
    private long nowMillis;

    Unsubscribe() {}

    public Unsubscribe(String node, long interest, long nowMillis) {
        this.node = node;
        this.interest = interest;
        this.nowMillis = nowMillis;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state != null && state.unroute(node, interest)) {
            state.touch(nowMillis);
            entry.setValue(state);
        }
        return null;
    }

    @Override
    void pack(Packer packer) {
        packer.text(node).number(interest).number(nowMillis);
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.text();
        interest = unpacker.number();
        nowMillis = unpacker.number();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.UNSUBSCRIBE;
    }
}
