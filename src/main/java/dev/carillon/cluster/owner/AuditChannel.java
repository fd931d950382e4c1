package dev.carillon.cluster.owner;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what should not be on a channel. Answer: nodes that are none, then members that their node does not have;
 * nothing if all is well.
 */
public final class AuditChannel extends ReadStep {
    private Roll roll = new Roll("", Set.of(), Set.of());

    AuditChannel() {}

    public AuditChannel(Roll roll) {
        this.roll = roll;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state == null) {
            return null;
        }
        Roll.Findings findings = roll.new Findings();
        state.nodes().forEach(findings::see);
        state.members().members().forEach(member -> findings.see(member.node(), member.sessionId()));
        return findings.toBytes();
    }

    @Override
    void pack(Packer packer) {
        roll.pack(packer);
    }

    @Override
    void unpack(Unpacker unpacker) {
        roll = Roll.unpack(unpacker);
    }

    @Override
    public int getClassId() {
        return OwnerFactory.AUDIT_CHANNEL;
    }
}
