package dev.carillon.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as settings write them: {@code 250ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code 30d}, or ISO-8601. */
public final class DurationText {
    /** What a duration looks like, for error messages. */
    public static final String FORM = "a duration like 250ms, 30s, 10m, 2h or 30d";

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15}) ?(ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private record Unit(String name, Duration size) {}

    private static final List<Unit> UNITS = List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("m", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)));

    private DurationText() {}

    /** @throws IllegalArgumentException if {@code text} is no duration, or one beyond a hundred years */
    public static Duration parse(String text) {
        Duration duration = read(text.strip());
        if (duration.abs().compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("longer than a hundred years");
        }
        return duration;
    }

    private static Duration read(String text) {
        Matcher plain = NUMBER_AND_UNIT.matcher(text);
        if (plain.matches()) {
            long count = Long.parseLong(plain.group(1));
            for (Unit unit : UNITS) {
                if (unit.name().equals(plain.group(2))) {
                    return scaled(unit, count);
                }
            }
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no duration", e);
        }
    }

    private static Duration scaled(Unit unit, long count) {
        try {
            return unit.size().multipliedBy(count);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("longer than a hundred years", e);
        }
    }

    /** The shortest form that reads back as the same duration. */
    public static String of(Duration duration) {
        if (duration.isNegative() || duration.getNano() % 1_000_000 != 0) {
            return duration.toString();
        }
        if (duration.isZero()) {
            return "0s";
        }
        for (Unit unit : UNITS) {
            if (duration.toMillis() % unit.size().toMillis() == 0) {
                return duration.toMillis() / unit.size().toMillis() + unit.name();
            }
        }
        return duration.toString();
    }
}
