package dev.carillon.cluster.owner;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a channel when a smaller part of a split cluster joins the larger one again. One that the larger part
 * has stays as it is: two histories are never mixed. One that it does not have, because owner and copies were all on the
 * smaller side and nobody asked for the channel since, comes back with its stream but without routes and members, which
 * nodes assert anew. Unless its time is over: then the larger part may have had it, gone on with it, and swept it out,
 * and its offsets must not be given a second time. Runs on the owner in the larger part.
 */
public final class ChannelMerge
        implements SplitBrainMergePolicy<ChannelState, MergingValue<ChannelState>, @Nullable ChannelState>,
                HazelcastInstanceAware,
                IdentifiedDataSerializable {
    private static final String CONTEXT = "carillon.channel-merge";

    private @Nullable Context context;

    /** What a member has to know to judge. */
    private record Context(Supplier<Map<String, Retention>> retentions, InstantSource clock) {}

    /** Lets a member take channels over; one that was not prepared takes none. */
    public static void prepare(
            HazelcastInstance member, Supplier<Map<String, Retention>> retentions, InstantSource clock) {
        member.getUserContext().put(CONTEXT, new Context(retentions, clock));
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        context = (Context) member.getUserContext().get(CONTEXT);
    }

    @Override
    public @Nullable ChannelState merge(
            MergingValue<ChannelState> merging, @Nullable MergingValue<ChannelState> existing) {
        if (existing != null) {
            return existing.getValue();
        }
        ChannelState state = merging.getValue();
        Context known = context;
        if (known == null || state == null || state.stream() == null) {
            return null;
        }
        Retention retention =
                known.retentions().get().get(state.stream().channel().namespace());
        if (retention == null || !state.isWithinItsTime(retention, known.clock().millis())) {
            return null;
        }
        state.keepStreamOnly();
        return state;
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.CHANNEL_MERGE;
    }

    @Override
    public void writeData(ObjectDataOutput out) {}

    @Override
    public void readData(ObjectDataInput in) {}
}
