package dev.carillon.cluster.owner;

import com.hazelcast.map.ExtendedMapEntry;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserState;
import dev.carillon.presence.UserStatus;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One step on a user. */
public final class UserStep extends OwnerStep<UserEntry> {
    /** What is done; written by its ordinal, so new ones are added at the end. */
    private enum Kind {
        CONNECT,
        DISCONNECT,
        DROP_NODE,
        IS_LEAVING,
        WENT_OFFLINE,
        READ
    }

    /** How long it is remembered when a user was last seen. */
    private static final long MEMORY_DAYS = 7;

    private Kind kind = Kind.READ;
    private String first = "";
    private String second = "";
    private long number;
    private long incarnation;
    private @Nullable UserSession session;
    private long question;

    UserStep() {}

    private UserStep(Kind kind, String first, String second, long number, @Nullable UserSession session) {
        this.kind = kind;
        this.first = first;
        this.second = second;
        this.number = number;
        this.session = session;
    }

    /**
     * Counts a connection in. Answer: the ordinal of {@link UserState.Connect}, then the version that the user came online
     * with.
     *
     * @param question see {@link UserState#connect}
     */
    public static UserStep connect(UserSession session, long incarnation, String info, int limit, long question) {
        UserStep step = new UserStep(Kind.CONNECT, info, "", limit, session);
        step.incarnation = incarnation;
        step.question = question;
        return step;
    }

    /** Counts a connection out. Answer: the version, if {@code node} has to watch over the grace period. */
    public static UserStep disconnect(String sessionId, String node, long nowMillis) {
        return new UserStep(Kind.DISCONNECT, sessionId, node, nowMillis, null);
    }

    /**
     * Removes what a departed node left. Answer: the version, if the survivor has to watch over the grace period.
     *
     * @param incarnation in which the node departed; 0 for any
     */
    public static UserStep dropNode(String dead, long incarnation, String survivor, long nowMillis) {
        UserStep step = new UserStep(Kind.DROP_NODE, dead, survivor, nowMillis, null);
        step.incarnation = incarnation;
        return step;
    }

    /** Asks whether the user is still leaving. Answer: the user's info, if so. */
    public static UserStep isLeaving(long version) {
        return new UserStep(Kind.IS_LEAVING, "", "", version, null);
    }

    /** Notes that the user was announced as offline. Answer: the user's info, if the user came back meanwhile. */
    public static UserStep wentOffline(long version) {
        return new UserStep(Kind.WENT_OFFLINE, "", "", version, null);
    }

    /** Reads the status. Answer: {@link #unpackStatus}; nothing if the user is not known. */
    public static UserStep read() {
        return new UserStep();
    }

    @Override
    Copies copies() {
        return switch (kind) {
            case READ, IS_LEAVING -> Copies.NONE;
            case DROP_NODE -> Copies.EACH;
            case CONNECT, DISCONNECT, WENT_OFFLINE -> Copies.IN_LINE;
        };
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, UserEntry> entry) {
        UserEntry user = entry.getValue();
        if (user == null) {
            if (kind != Kind.CONNECT) {
                return null;
            }
            user = new UserEntry();
        }
        return switch (kind) {
            case CONNECT -> connect(entry, user);
            case DISCONNECT -> {
                boolean watch = user.disconnect(first, second, number);
                save(entry, user);
                yield watch ? new Packer(10).number(user.version()).toBytes() : null;
            }
            case DROP_NODE -> {
                long before = user.version();
                String watcher = user.watcher();
                boolean watch = user.dropNode(first, incarnation, second, number);
                // Asked of every user there is: only those that it changes are copied.
                if (user.version() != before || !user.watcher().equals(watcher)) {
                    user.revise(user.revision() + 1);
                    save(entry, user);
                }
                yield watch ? new Packer(10).number(user.version()).toBytes() : null;
            }
            case IS_LEAVING ->
                user.isLeaving(number) ? new Packer(64).text(user.info()).toBytes() : null;
            case WENT_OFFLINE -> {
                boolean stillAway = user.wentOffline(number);
                save(entry, user);
                yield stillAway ? null : new Packer(64).text(user.info()).toBytes();
            }
            case READ -> pack(user.status(entry.getKey()));
        };
    }

    private byte @Nullable [] connect(Map.Entry<String, UserEntry> entry, UserEntry user) {
        UserSession connecting = session;
        if (connecting == null) {
            return null;
        }
        UserState.Connect outcome = user.connect(connecting, incarnation, first, (int) number, question);
        if (outcome != UserState.Connect.REFUSED) {
            save(entry, user);
        }
        return new Packer(16)
                .number(outcome.ordinal())
                .number(user.onlineVersion())
                .toBytes();
    }

    /** Keeps a user for good while online, and for some days after. */
    private static void save(Map.Entry<String, UserEntry> entry, UserEntry user) {
        boolean gone = !user.isConnected() && !user.announced();
        ((ExtendedMapEntry<String, UserEntry>) entry).setValue(user, gone ? MEMORY_DAYS : 0, TimeUnit.DAYS);
    }

    private static byte[] pack(UserStatus status) {
        Packer packer = new Packer(128);
        packer.flag(status.online())
                .number(status.lastSeenMillis())
                .text(status.info())
                .number(status.sessions().size());
        status.sessions().forEach(session -> UserEntry.packSession(packer, session));
        return packer.toBytes();
    }

    public static UserStatus unpackStatus(String userId, byte[] answer) {
        Unpacker unpacker = new Unpacker(answer);
        boolean online = unpacker.flag();
        long lastSeen = unpacker.number();
        String info = unpacker.text();
        return new UserStatus(userId, online, unpacker.list(() -> UserEntry.unpackSession(unpacker)), lastSeen, info);
    }

    @Override
    public int getClassId() {
        return OwnerFactory.USER_STEP;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(128);
        packer.number(kind.ordinal()).text(first).text(second).number(number).number(incarnation);
        packer.number(question).flag(session != null);
        if (session != null) {
            UserEntry.packSession(packer, session);
        }
        OwnerFormat.write(out, packer);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        Unpacker unpacker = OwnerFormat.read(in);
        kind = kind(unpacker.number());
        // The id of a session, which nothing else has, would only take the place of what many have.
        first = kind == Kind.DISCONNECT ? unpacker.text() : unpacker.common();
        second = unpacker.common();
        number = unpacker.number();
        incarnation = unpacker.number();
        question = unpacker.number();
        session = unpacker.flag() ? UserEntry.unpackSession(unpacker) : null;
    }

    private static Kind kind(long ordinal) {
        Kind[] kinds = Kind.values();
        if (ordinal < 0 || ordinal >= kinds.length) {
            throw new IllegalArgumentException("step of an unknown kind");
        }
        return kinds[(int) ordinal];
    }
}
