/** Nodes that are broken on purpose, to see that the checker says so. Nothing of it is in the product. */
@NullMarked
package dev.carillon.it.chaos.broken;

import org.jspecify.annotations.NullMarked;
