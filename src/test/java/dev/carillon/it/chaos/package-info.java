/**
 * The instrument that proves what Carillon promises: nodes that can be hurt ({@code nodes}), clients that write down all
 * they see ({@code client}, {@code history}), rules that read it afterwards ({@code check}), scenarios that put them
 * together ({@code scenario}), and broken nodes that the rules must catch ({@code broken}).
 */
@NullMarked
package dev.carillon.it.chaos;

import org.jspecify.annotations.NullMarked;
