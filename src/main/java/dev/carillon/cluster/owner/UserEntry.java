package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        return new UserSession(unpacker.text(), unpacker.text(), unpacker.text(), unpacker.text(), unpacker.number());
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
        packer.number(revision).number(state.sessions().size());
        state.sessions().forEach(session -> {
            packSession(packer, session);
            packer.number(state.incarnationOf(session));
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
        Map<String, Long> incarnations = new HashMap<>();
        List<UserSession> sessions = unpacker.list(() -> {
            UserSession session = unpackSession(unpacker);
            incarnations.put(session.sessionId(), unpacker.number());
            return session;
        });
        state = new UserState(
                sessions,
                incarnations,
                unpacker.flag(),
                unpacker.text(),
                unpacker.number(),
                unpacker.number(),
                unpacker.text(),
                unpacker.text(),
                unpacker.number(),
                unpacker.isAtEnd() ? UserState.NOT_NUMBERED : unpacker.number());
    }
}
