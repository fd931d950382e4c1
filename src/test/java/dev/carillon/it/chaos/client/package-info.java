/**
 * Clients that do what a good client does (positions, keys, back-off, liveness, moving on request) and write down all they
 * see. Each is confined to one event loop; hundreds share one.
 */
@NullMarked
package dev.carillon.it.chaos.client;

import org.jspecify.annotations.NullMarked;
