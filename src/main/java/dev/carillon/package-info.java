/** Carillon: a clustered real-time gateway. {@link dev.carillon.Main} is the only class here. */
@NullMarked
package dev.carillon;

import org.jspecify.annotations.NullMarked;
