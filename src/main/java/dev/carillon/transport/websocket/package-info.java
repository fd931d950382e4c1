/** The main endpoint and the bare one: WebSockets on a Netty pipeline of their own. */
@NullMarked
package dev.carillon.transport.websocket;

import org.jspecify.annotations.NullMarked;
