/** The Vert.x event-bus bridge protocol over every SockJS transport. */
@NullMarked
package dev.carillon.transport.sockjs;

import org.jspecify.annotations.NullMarked;
