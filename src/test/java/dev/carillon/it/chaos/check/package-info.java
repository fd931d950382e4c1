/** The rules that a history must keep: pure, the same answer for the same history. */
@NullMarked
package dev.carillon.it.chaos.check;

import org.jspecify.annotations.NullMarked;
