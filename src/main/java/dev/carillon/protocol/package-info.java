/** The wire and nothing else: frames, codec, error codes and close codes. */
@NullMarked
package dev.carillon.protocol;

import org.jspecify.annotations.NullMarked;
