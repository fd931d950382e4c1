package dev.carillon.it.chaos.check;

import java.util.Locale;

/**
 * A promise that was not kept.
 *
 * @param who the client that saw it
 * @param atNanos when, since the run began
 * @param evidence what it saw, with positions
 */
public record Violation(Rule rule, String who, long atNanos, String evidence) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s at %.3f s: %s", rule, who, atNanos / 1e9, evidence);
    }
}
