package dev.carillon.channel;

import java.util.List;
import java.util.Set;

/**
 * What one append did.
 *
 * @param acks one for each draft, in order
 * @param nodes ids of the nodes with subscribers at the moment of the append
 */
public record Appended(List<Ack> acks, Set<String> nodes) {}
