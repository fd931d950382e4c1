package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import java.io.IOException;

/** A user's state at its owner, and how it travels. Changed in place by {@link UserStep}s on the partition thread. */
public final class UserEntry extends UserState implements Revised, IdentifiedDataSerializable {
    private long revision;

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public void revise(long revision) {
        this.revision = revision;
    }

    static void packSession(Packer packer, UserSession session) {
        packer.text(session.sessionId())
                .text(session.node())
                .text(session.device())
                .text(session.transport())
                .number(session.sinceMillis());
    }

    static UserSession unpackSession(Unpacker unpacker) {
        return new UserSession(
                unpacker.text(), unpacker.common(), unpacker.common(), unpacker.common(), unpacker.number());
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.USER_ENTRY;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(128);
        packer.number(revision).number(connections().size());
        connections().forEach(counted -> {
            packSession(packer, counted.session());
            packer.number(counted.incarnation());
        });
        packer.flag(announced())
                .text(info())
                .number(lastSeenMillis())
                .number(version())
                .text(watcher())
                .text(broughtOnline())
                .number(onlineVersion());
        if (!Format.isBefore()) {
            packer.number(onlineQuestion());
        }
        OwnerFormat.write(out, packer);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        Unpacker unpacker = OwnerFormat.read(in);
        revision = unpacker.number();
        restore(
                unpacker.list(() -> new Counted(unpackSession(unpacker), unpacker.number())),
                unpacker.flag(),
                unpacker.common(),
                unpacker.number(),
                unpacker.number(),
                unpacker.text(),
                unpacker.text(),
                unpacker.number(),
                unpacker.isAtEnd() ? UserState.NOT_NUMBERED : unpacker.number());
    }
}
