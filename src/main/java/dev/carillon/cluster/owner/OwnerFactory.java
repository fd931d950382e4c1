package dev.carillon.cluster.owner;

import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/** Tells Hazelcast how to read what owners keep and do. A number once given to a class is never given to another. */
public final class OwnerFactory implements DataSerializableFactory {
    /** Carillon's own among the factories of a Hazelcast cluster. */
    public static final int ID = 7_420;

    static final int CHANNEL_STATE = 1;
    static final int APPEND = 2;
    static final int SUBSCRIBE = 3;
    static final int UNSUBSCRIBE = 4;
    static final int READ_NODES = 5;
    static final int READ_PAGE = 6;
    static final int JOIN = 7;
    static final int LEAVE = 8;
    static final int READ_MEMBERS = 9;
    static final int DROP_NODE = 10;
    static final int SWEEP = 11;
    static final int READ_SUMMARY = 12;
    static final int USER_ENTRY = 13;
    static final int USER_STEP = 14;
    static final int CHANNEL_MERGE = 20;
    static final int USER_MERGE = 21;
    static final int COMPARE_HEADS = 22;
    static final int AUDIT_CHANNEL = 30;
    static final int AUDIT_USER = 31;
    static final int READ_LEFT = 32;
    static final int COPIED_STEP = 33;

    @Override
    public IdentifiedDataSerializable create(int typeId) {
        return switch (typeId) {
            case CHANNEL_STATE -> new ChannelState();
            case APPEND -> new Append();
            case SUBSCRIBE -> new Subscribe();
            case UNSUBSCRIBE -> new Unsubscribe();
            case READ_NODES -> new ReadNodes();
            case READ_PAGE -> new ReadPage();
            case JOIN -> new Join();
            case LEAVE -> new Leave();
            case READ_MEMBERS -> new ReadMembers();
            case DROP_NODE -> new DropNode();
            case SWEEP -> new Sweep();
            case READ_SUMMARY -> new ReadSummary();
            case USER_ENTRY -> new UserEntry();
            case USER_STEP -> new UserStep();
            case COMPARE_HEADS -> new CompareHeads();
            case CHANNEL_MERGE -> new ChannelMerge();
            case USER_MERGE -> new UserMerge();
            case AUDIT_CHANNEL -> new AuditChannel();
            case AUDIT_USER -> new AuditUser();
            case READ_LEFT -> new ReadLeft();
            case COPIED_STEP -> new CopiedStep<>();
            default -> throw new IllegalArgumentException("no class of number " + typeId);
        };
    }
}
