package dev.carillon.cluster.owner;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.hazelcast.internal.nio.BufferObjectDataOutput;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import java.io.IOException;
import java.util.Arrays;

/** Whatever comes as what owners keep and are asked is read or refused. */
class OwnerFormatFuzzTest {
    /** All but {@link OwnerFactory#COPIED_STEP}, which holds another and is framed by Hazelcast. */
    private static final int[] CLASSES = {
        OwnerFactory.CHANNEL_STATE,
        OwnerFactory.APPEND,
        OwnerFactory.SUBSCRIBE,
        OwnerFactory.UNSUBSCRIBE,
        OwnerFactory.READ_NODES,
        OwnerFactory.READ_PAGE,
        OwnerFactory.JOIN,
        OwnerFactory.LEAVE,
        OwnerFactory.READ_MEMBERS,
        OwnerFactory.DROP_NODE,
        OwnerFactory.SWEEP,
        OwnerFactory.READ_SUMMARY,
        OwnerFactory.USER_ENTRY,
        OwnerFactory.USER_STEP,
        OwnerFactory.COMPARE_HEADS,
        OwnerFactory.AUDIT_CHANNEL,
        OwnerFactory.AUDIT_USER,
        OwnerFactory.READ_LEFT
    };

    private static final InternalSerializationService SERIALIZATION = new DefaultSerializationServiceBuilder().build();

    private final OwnerFactory factory = new OwnerFactory();

    /** @param message which class, the format, and what is packed */
    @FuzzTest(maxDuration = "60s")
    void read(byte[] message) throws IOException {
        if (message.length < 2) {
            return;
        }
        BufferObjectDataOutput out = SERIALIZATION.createObjectDataOutput();
        byte[] packed = Arrays.copyOfRange(message, 2, message.length);
        if (message[1] >= 0) {
            out.writeInt(OwnerFormat.HEAD - message[1]);
        }
        out.writeByteArray(packed);
        try {
            factory.create(CLASSES[(message[0] & 0xff) % CLASSES.length])
                    .readData(SERIALIZATION.createObjectDataInput(out.toByteArray()));
        } catch (IllegalArgumentException | IOException refused) {
            // As it should be.
        }
    }
}
