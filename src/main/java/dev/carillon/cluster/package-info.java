/** Hazelcast behind the contracts, node identity, and the one event-bus address of each node. */
@NullMarked
package dev.carillon.cluster;

import org.jspecify.annotations.NullMarked;
