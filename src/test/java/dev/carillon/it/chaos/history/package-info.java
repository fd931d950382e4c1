/** What clients wrote down while they ran: one log each, in arrays of numbers. */
@NullMarked
package dev.carillon.it.chaos.history;

import org.jspecify.annotations.NullMarked;
