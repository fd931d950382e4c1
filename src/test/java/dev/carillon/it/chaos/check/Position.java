package dev.carillon.it.chaos.check;

/** A place in a channel's stream, with the epoch's number. */
public record Position(int epoch, long offset) {}
