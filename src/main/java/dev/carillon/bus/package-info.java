/** Carillon from the event bus: the Java API of other verticles and the service that answers it. */
@NullMarked
package dev.carillon.bus;

import org.jspecify.annotations.NullMarked;
