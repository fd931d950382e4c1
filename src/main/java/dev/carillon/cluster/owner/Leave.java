package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.presence.PresenceChange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes a member. Answer: the change and the nodes to tell, the same again if the step is repeated; nothing if the
 * session was not there.
 */
public final class Leave extends ChannelStep {
    private String sessionId = "";
    private long nowMillis;

    Leave() {}

    public Leave(String sessionId, long nowMillis) {
        this.sessionId = sessionId;
        this.nowMillis = nowMillis;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state == null) {
            return null;
        }
        PresenceChange change =
                state.presence(ChannelName.ofKey(entry.getKey())).leave(sessionId);
        if (change == null) {
            return null;
        }
        state.touch(nowMillis);
        entry.setValue(state);
        return new Packer(128).texts(state.nodes()).event(change).toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.text(sessionId).number(nowMillis);
    }

    @Override
    void unpack(Unpacker unpacker) {
        sessionId = unpacker.text();
        nowMillis = unpacker.number();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.LEAVE;
    }
}
