/** HTTP for other servers and operators. */
@NullMarked
package dev.carillon.api;

import org.jspecify.annotations.NullMarked;
