package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import dev.carillon.presence.UserState.Counted;
import java.io.IOException;

/** A user's state at its owner. Changed in place by {@link UserStep}s on the partition thread. */
public final class UserEntry implements Revised, IdentifiedDataSerializable {
    private UserState state = new UserState();
    private long revision;

    UserState state() {
        return state;
    }

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
        packer.number(revision).number(state.connections().size());
        state.connections().forEach(counted -> {
            packSession(packer, counted.session());
            packer.number(counted.incarnation());
        });
        packer.flag(state.announced())
                .text(state.info())
                .number(state.lastSeenMillis())
                .number(state.version())
                .text(state.watcher())
                .text(state.broughtOnline())
                .number(state.onlineVersion());
        if (!Format.isBefore()) {
            packer.number(state.onlineQuestion());
        }
        OwnerFormat.write(out, packer);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        Unpacker unpacker = OwnerFormat.read(in);
        revision = unpacker.number();
        state = new UserState(
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
