package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.presence.PresenceChange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes what a departed node left on a channel. Answer: the leaves and the nodes to tell; nothing if no member left.
 * Members that the node asserted after it came back stay; its routing goes, because it carries no incarnation.
 */
public final class DropNode extends ChannelStep {
    private String node = "";
    private long incarnation;
    private long nowMillis;

    DropNode() {}

    /** @param incarnation in which the node departed; 0 for any */
    public DropNode(String node, long incarnation, long nowMillis) {
        this.node = node;
        this.incarnation = incarnation;
        this.nowMillis = nowMillis;
    }

    @Override
    Copies copies() {
        return Copies.EACH;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state == null || !state.knows(node)) {
            return null;
        }
        state.dropNode(node);
        List<PresenceChange> leaves =
                state.presence(ChannelName.ofKey(entry.getKey())).dropNode(node, incarnation);
        state.touch(nowMillis);
        state.revise(state.revision() + 1);
        entry.setValue(state);
        if (leaves.isEmpty()) {
            return null;
        }
        Packer packer = new Packer(128 * leaves.size()).texts(state.nodes());
        packer.number(leaves.size());
        leaves.forEach(packer::event);
        return packer.toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.text(node).number(incarnation).number(nowMillis);
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.text();
        incarnation = unpacker.number();
        nowMillis = unpacker.number();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.DROP_NODE;
    }
}
