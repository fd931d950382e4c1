package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.time.Duration;

/**
 * How a node that is told to stop sends its clients away. Without clients it does not wait for any of this.
 *
 * @param notice time between refusing new clients, not being ready any more, and sending the first client away: what
 *     balancers need to see it
 * @param perSecond clients sent away in a second
 * @param within time a client that was told to move has to open its next connection before this one is closed
 * @param timeout from the beginning on; who is still there then is closed at once
 */
public record DrainSettings(Duration notice, int perSecond, Duration within, Duration timeout) {
    public static final DrainSettings DEFAULTS =
            new DrainSettings(Duration.ZERO, 500, Duration.ofSeconds(10), Duration.ofSeconds(60));

    private static final int MAX_PER_SECOND = 1_000_000;

    public DrainSettings {
        require(!notice.isNegative(), "drain.notice must not be negative, was " + DurationText.of(notice));
        require(
                perSecond >= 1 && perSecond <= MAX_PER_SECOND,
                "drain.per-second must be 1 to " + MAX_PER_SECOND + ", was " + perSecond);
        require(!within.isNegative(), "drain.within must not be negative, was " + DurationText.of(within));
        require(
                timeout.compareTo(notice.plus(within)) >= 0,
                "drain.timeout must be at least drain.notice and drain.within together, was "
                        + DurationText.of(timeout));
    }
}
