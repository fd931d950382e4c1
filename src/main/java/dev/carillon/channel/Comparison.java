package dev.carillon.channel;

import java.util.List;

/**
 * What owners said of the channels they were asked about.
 *
 * @param drifts channels that stand differently; those that are fine are not named
 * @param unanswered how many channels no owner could be asked about
 */
public record Comparison(List<Drift> drifts, int unanswered) {
    public Comparison {
        drifts = List.copyOf(drifts);
    }
}
