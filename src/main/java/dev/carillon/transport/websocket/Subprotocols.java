package dev.carillon.transport.websocket;

/** What an endpoint makes of subprotocols that a client offers. */
public enum Subprotocols {
    /** It speaks those of Carillon; without an offer {@code carillon.v1.json}. */
    OURS,
    /** It has none, and refuses whoever expects one. */
    REFUSED,
    /** It has none; that the client is given none is for the client to judge. */
    IGNORED
}
