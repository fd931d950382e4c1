package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.presence.Member;
import dev.carillon.presence.PresenceChange;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds a member. Answer: the change and the nodes to tell; nothing if the session was there already, unless the step is
 * repeated because nobody heard the answer; then only the incarnation of its node is noted.
 */
public final class Join extends ChannelStep {
    private @Nullable Member member;
    private long incarnation;
    private boolean again;
    private String freshEpoch = "";

    Join() {}

    /**
     * @param freshEpoch for a list that this step may begin
     * @param again whether the same step may have happened before, its answer having been lost
     */
    public Join(@Nullable Member member, long incarnation, String freshEpoch, boolean again) {
        this.member = member;
        this.incarnation = incarnation;
        this.freshEpoch = Format.isBefore() ? "" : freshEpoch;
        this.again = again;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        Member joining = member;
        if (joining == null) {
            return null;
        }
        ChannelState state = open(entry);
        PresenceChange change =
                state.presence(ChannelName.ofKey(entry.getKey())).join(joining, incarnation, freshEpoch, again);
        entry.setValue(state);
        if (change == null) {
            return null;
        }
        state.touch(joining.sinceMillis());
        return new Packer(128).texts(state.nodes()).event(change).toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.number(incarnation).flag(again).flag(member != null);
        if (member != null) {
            packer.member(member);
        }
        if (!Format.isBefore()) {
            packer.text(freshEpoch);
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        incarnation = unpacker.number();
        again = unpacker.flag();
        member = unpacker.flag() ? unpacker.member() : null;
        freshEpoch = unpacker.isAtEnd() ? "" : unpacker.text();
    }

    @Override
    public int getClassId() {
        return OwnerFactory.JOIN;
    }
}
