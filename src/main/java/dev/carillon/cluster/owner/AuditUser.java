package dev.carillon.cluster.owner;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks for connections of a user that should not be there. Answer: as {@link AuditChannel}. */
public final class AuditUser
        implements EntryProcessor<String, UserEntry, byte[]>, ReadOnly, IdentifiedDataSerializable {
    private Roll roll = new Roll("", Set.of(), Set.of());

    AuditUser() {}

    public AuditUser(Roll roll) {
        this.roll = roll;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<String, UserEntry> entry) {
        UserEntry user = entry.getValue();
        if (user == null) {
            return null;
        }
        Roll.Findings findings = roll.new Findings();
        findings.see(user.watcher());
        user.sessions().forEach(session -> findings.see(session.node(), session.sessionId()));
        return findings.toBytes();
    }

    @Override
    public @Nullable EntryProcessor<String, UserEntry, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.AUDIT_USER;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(128);
        roll.pack(packer);
        OwnerFormat.write(out, packer);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        roll = Roll.unpack(OwnerFormat.read(in));
    }
}
