package dev.carillon.cluster.owner;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One step on the owner of a key and, as {@link CopiedStep}, on its copies. A step brings everything it needs, time and
 * fresh epochs included, because owner and copy must come to the same.
 */
abstract class OwnerStep<V extends Revised> implements EntryProcessor<String, V, byte[]>, IdentifiedDataSerializable {
    /** Of the last run on this member, for the copies; only the partition thread that ran it looks at them. */
    private long before;

    private long after;

    /** Whom a step is made with. */
    enum Copies {
        /** The owner alone: nothing is changed, and what is read may be undone if the owner dies. */
        NONE,
        /** The owner; each copy only has to have made every step before: nothing is changed, and what is read stays. */
        WITNESSES,
        /** Each copy, if it has made every step before. */
        IN_LINE,
        /** Each copy of each key that it changes, of many; it {@link Revised#revise}s by itself what it changes. */
        EACH
    }

    Copies copies() {
        return Copies.IN_LINE;
    }

    /** Makes the step; the answer goes back to who sent it. On the partition thread. */
    abstract byte @Nullable [] run(Map.Entry<String, V> entry);

    @Override
    public final byte @Nullable [] process(Map.Entry<String, V> entry) {
        before = Revised.of(entry.getValue());
        byte[] answer = run(entry);
        V made = entry.getValue();
        if (made != null && copies() == Copies.IN_LINE) {
            // A new one begins anywhere, so that it is not taken for one that was there before.
            made.revise(
                    before == Revised.NOTHING
                            ? ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE / 2)
                            : before + 1);
        }
        after = Revised.of(made);
        return answer;
    }

    @Override
    public final @Nullable EntryProcessor<String, V, byte[]> getBackupProcessor() {
        return switch (copies()) {
            case NONE -> null;
            case WITNESSES -> new CopiedStep<>(null, before, after);
            case IN_LINE -> new CopiedStep<>(this, before, after);
            case EACH -> this;
        };
    }

    @Override
    public final int getFactoryId() {
        return OwnerFactory.ID;
    }
}
