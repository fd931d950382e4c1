package dev.carillon.channel;

/** Which event loops of this node have subscribers, by channel. Safe on any thread. */
public final class Interests {}
