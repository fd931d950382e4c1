/** One channel's stream: appending, deduplication and recovery from a position; the contract of its store. */
@NullMarked
package dev.carillon.channel.history;

import org.jspecify.annotations.NullMarked;
