/** Metrics and health. */
@NullMarked
package dev.carillon.ops;

import org.jspecify.annotations.NullMarked;
