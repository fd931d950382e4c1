/** The commands of {@code carillon}: a node, tokens, and what an operator asks of a running node. */
@NullMarked
package dev.carillon.cli;

import org.jspecify.annotations.NullMarked;
