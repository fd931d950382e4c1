package dev.carillon.cluster.owner;

import com.hazelcast.internal.serialization.DataSerializerHook;
import com.hazelcast.nio.serialization.DataSerializableFactory;

/**
 * Lets every member that has this jar own channels, a verticle's as well: Hazelcast finds it by its name in
 * {@code META-INF/services}.
 */
public final class OwnerHook implements DataSerializerHook {
    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public DataSerializableFactory createFactory() {
        return new OwnerFactory();
    }
}
