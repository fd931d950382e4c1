package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Values of answers as people read them. */
final class Shown {
    /** Names are what clients choose: none may write to the terminal what is no text. */
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private static final long KIB = 1024;

    private Shown() {}

    /** Text without control characters; a dash for nothing. */
    static String text(JsonNode value) {
        String text = plain(value.asText(""));
        return text.isEmpty() ? "-" : text;
    }

    static String plain(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }

    static String rounded(JsonNode number, int digits) {
        return number.isNumber() ? String.format(Locale.ROOT, "%." + digits + "f", number.asDouble()) : "-";
    }

    static String bytes(JsonNode bytes) {
        long count = bytes.asLong();
        if (!bytes.isNumber()) {
            return "-";
        } else if (count < KIB) {
            return count + " B";
        }
        return count < KIB * KIB ? count / KIB + " KiB" : count / (KIB * KIB) + " MiB";
    }

    /** Milliseconds since 1970, to the second. */
    static String time(JsonNode millis) {
        return millis.isNumber()
                ? Instant.ofEpochMilli(millis.asLong())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString()
                : "-";
    }

    /** How long something has lasted, in its two largest units. */
    static String lasting(long millis) {
        Duration lasting = Duration.ofMillis(Math.max(0, millis));
        if (lasting.toDays() > 0) {
            return lasting.toDays() + "d" + lasting.toHoursPart() + "h";
        } else if (lasting.toHours() > 0) {
            return lasting.toHours() + "h" + lasting.toMinutesPart() + "m";
        }
        return lasting.toMinutes() > 0
                ? lasting.toMinutes() + "m" + lasting.toSecondsPart() + "s"
                : lasting.toSeconds() + "s";
    }

    static String list(JsonNode texts) {
        String joined = StreamSupport.stream(texts.spliterator(), false)
                .map(Shown::text)
                .collect(Collectors.joining(" "));
        return joined.isEmpty() ? "-" : joined;
    }
}
