package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * Whether and how a node with more than its share of the connections asks clients to go to nodes with fewer, as after one
 * has been added.
 *
 * @param enabled whether it does
 * @param perSecond clients asked in a second, by each node that has too many
 * @param abovePercent how far above the mean of all nodes it begins; it goes on to a quarter of that
 * @param atLeast connections above the mean below which nobody is asked
 * @param settle time for which nodes must neither have come nor gone, and too many must have been here
 * @param within time a client has to open its next connection, before this one is closed with 4010
 */
public record RebalanceSettings(
        boolean enabled, int perSecond, int abovePercent, int atLeast, Duration settle, Duration within) {
    public static final RebalanceSettings DEFAULTS =
            new RebalanceSettings(false, 50, 20, 100, Duration.ofSeconds(30), Duration.ofSeconds(30));

    private static final int MAX_PER_SECOND = 1_000_000;

    public RebalanceSettings {
        require(
                perSecond >= 1 && perSecond <= MAX_PER_SECOND,
                "rebalance.per-second must be 1 to " + MAX_PER_SECOND + ", was " + perSecond);
        require(
                abovePercent >= 5 && abovePercent <= 1000,
                "rebalance.above-percent must be 5 to 1000, was " + abovePercent);
        require(atLeast >= 4, "rebalance.at-least must be at least 4, was " + atLeast);
        require(!settle.isNegative(), "rebalance.settle must not be negative, was " + DurationText.of(settle));
        require(within.toSeconds() >= 1, "rebalance.within must be at least 1s, was " + DurationText.of(within));
    }
}
