/** What runs on the partition threads: the owners' state and the processors that change it, one step each. */
@NullMarked
package dev.carillon.cluster.owner;

import org.jspecify.annotations.NullMarked;
