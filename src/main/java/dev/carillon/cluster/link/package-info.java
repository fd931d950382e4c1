/** The numbered links between nodes, over the one event-bus address of each: they notice what the bus loses. */
@NullMarked
package dev.carillon.cluster.link;

import org.jspecify.annotations.NullMarked;
