/** Hazelcast behind the contracts, node identity, who may write, and what is done when nodes come, go and return. */
@NullMarked
package dev.carillon.cluster;

import org.jspecify.annotations.NullMarked;
