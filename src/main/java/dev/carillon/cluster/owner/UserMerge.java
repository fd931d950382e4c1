package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a user when a smaller part of a split cluster joins the larger one again: what the larger part knows
 * stays, and what it does not know is not believed, because every node asserts its sessions anew.
 */
public final class UserMerge
        implements SplitBrainMergePolicy<UserEntry, MergingValue<UserEntry>, @Nullable UserEntry>,
                IdentifiedDataSerializable {
    @Override
    public @Nullable UserEntry merge(MergingValue<UserEntry> merging, @Nullable MergingValue<UserEntry> existing) {
        return existing == null ? null : existing.getValue();
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.USER_MERGE;
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
