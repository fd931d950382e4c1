package dev.carillon.session;

/** What all sessions of one event loop share. */
public final class SessionContext {}
