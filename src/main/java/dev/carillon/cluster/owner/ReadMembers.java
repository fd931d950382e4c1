package dev.carillon.cluster.owner;

import dev.carillon.presence.PresenceSnapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the members. Answer: version and members; nothing if there are none and never were. */
public final class ReadMembers extends ChannelStep {
    public ReadMembers() {}

    @Override
    Copies copies() {
        return Copies.WITNESSES;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state == null) {
            return null;
        }
        PresenceSnapshot snapshot = state.members();
        Packer packer = new Packer(256);
        packer.number(snapshot.version()).number(snapshot.members().size());
        snapshot.members().forEach(packer::member);
        return packer.toBytes();
    }

    @Override
    void pack(Packer packer) {}

    @Override
    void unpack(Unpacker unpacker) {}

    @Override
    public int getClassId() {
        return OwnerFactory.READ_MEMBERS;
    }
}
