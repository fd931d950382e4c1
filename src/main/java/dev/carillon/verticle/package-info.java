/** Wiring and life cycle. */
@NullMarked
package dev.carillon.verticle;

import org.jspecify.annotations.NullMarked;
