package dev.carillon.cluster.owner;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.spi.exception.RetryableException;

/** A copy is not what the owner had when it made a step; it is brought up to date soon. */
final class StaleCopyException extends HazelcastException implements RetryableException {
    private static final long serialVersionUID = 1L;

    StaleCopyException(String key, long here, long owner) {
        super("the copy of " + key + " is at revision " + here + ", its owner was at " + owner);
    }
}
