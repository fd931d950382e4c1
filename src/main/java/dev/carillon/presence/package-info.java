/** Who is on a channel and which users are online, and the contracts of the stores that know. */
@NullMarked
package dev.carillon.presence;

import org.jspecify.annotations.NullMarked;
