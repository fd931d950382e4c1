/** Sessions of {@code carillon.v1.json} over plain HTTP, for networks that let no WebSocket through. */
@NullMarked
package dev.carillon.transport.http;

import org.jspecify.annotations.NullMarked;
