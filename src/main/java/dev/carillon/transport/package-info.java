/** Here a socket becomes a session. */
@NullMarked
package dev.carillon.transport;

import org.jspecify.annotations.NullMarked;
