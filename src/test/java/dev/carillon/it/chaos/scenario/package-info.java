/** What is done to a set of nodes under load, and how far the consequences may go. */
@NullMarked
package dev.carillon.it.chaos.scenario;

import org.jspecify.annotations.NullMarked;
