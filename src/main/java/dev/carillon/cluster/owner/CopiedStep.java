package dev.carillon.cluster.owner;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step on a copy: made only on what the owner had when it made it. A copy that missed a step, its message lost with a
 * connection, would come to something else, an append to other offsets, and be believed once its owner is gone. So it
 * refuses, and does not count as a copy: the outcome stays unknown to who sent the step, and is repeated until Hazelcast
 * has found that the copy is behind and has brought it what the owner has.
 */
final class CopiedStep<V extends Revised> implements EntryProcessor<String, V, byte[]>, IdentifiedDataSerializable {
    private @Nullable OwnerStep<V> step;
    private long before;
    private long after;

    CopiedStep() {}

    /** @param step null if the copy has to do nothing but have what the owner has */
    CopiedStep(@Nullable OwnerStep<V> step, long before, long after) {
        this.step = step;
        this.before = before;
        this.after = after;
    }

    @Override
    public byte @Nullable [] process(Map.Entry<String, V> entry) {
        long here = Revised.of(entry.getValue());
        if (here != before) {
            throw new StaleCopyException(entry.getKey(), here, before);
        }
        if (step == null) {
            return null;
        }
        byte[] answer = step.run(entry);
        V now = entry.getValue();
        if (now != null) {
            now.revise(after);
        }
        return answer;
    }

    /** It is the copy's already. */
    @Override
    public @Nullable EntryProcessor<String, V, byte[]> getBackupProcessor() {
        return null;
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.COPIED_STEP;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeObject(step);
        out.writeLong(before);
        out.writeLong(after);
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        step = in.readObject();
        before = in.readLong();
        after = in.readLong();
    }
}
