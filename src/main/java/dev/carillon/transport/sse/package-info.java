/** Server-sent events, read only. */
@NullMarked
package dev.carillon.transport.sse;

import org.jspecify.annotations.NullMarked;
