/** A network of the tests' own, with real TCP in it, that can be cut, slowed down and made to lose packets. */
@NullMarked
package dev.carillon.testing.netlab;

import org.jspecify.annotations.NullMarked;
