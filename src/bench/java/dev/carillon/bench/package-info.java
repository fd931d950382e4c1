/** What Carillon is measured against, and with; never part of the jar. */
@NullMarked
package dev.carillon.bench;

import org.jspecify.annotations.NullMarked;
