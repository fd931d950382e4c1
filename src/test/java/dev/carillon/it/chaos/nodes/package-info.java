/** Sets of nodes that can be hurt: processes on loopback here, network namespaces elsewhere, behind one contract. */
@NullMarked
package dev.carillon.it.chaos.nodes;

import org.jspecify.annotations.NullMarked;
