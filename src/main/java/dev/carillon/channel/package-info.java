/** Channels: their names, what travels on them, and the hub that fans out to this node's subscribers. */
@NullMarked
package dev.carillon.channel;

import org.jspecify.annotations.NullMarked;
