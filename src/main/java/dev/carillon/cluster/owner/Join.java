package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds a member. Answer: the change and the nodes to tell; nothing if the session was there already. */
public final class Join extends ChannelStep {
    private @Nullable Member member;

    Join() {}

    public Join(@Nullable Member member) {
        this.member = member;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<String, ChannelState> entry) {
        Member joining = member;
        if (joining == null) {
            return null;
        }
        ChannelState state = open(entry);
        PresenceChange change = state.presence(new ChannelName(entry.getKey())).join(joining);
        if (change == null) {
            return null;
        }
        state.touch(joining.sinceMillis());
        entry.setValue(state);
        return new Packer(128).texts(state.nodes()).event(change).toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.flag(member != null);
        if (member != null) {
            packer.member(member);
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        member = unpacker.flag() ? unpacker.member() : null;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.JOIN;
    }
}
