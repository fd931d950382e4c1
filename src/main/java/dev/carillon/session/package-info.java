/** One client's state machine, whatever socket it came by, and its heartbeat. */
@NullMarked
package dev.carillon.session;

import org.jspecify.annotations.NullMarked;
