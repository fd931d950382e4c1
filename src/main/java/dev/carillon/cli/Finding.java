package dev.carillon.cli;

/**
 * What {@code doctor} found out about one thing.
 *
 * @param check what it looked at, in one word
 * @param found as it is, in a few words
 * @param cure what to do about it; empty if nothing is to be done
 */
record Finding(String check, State state, String found, String cure) {
    /** How bad it is. */
    enum State {
        OK,
        /** It works, but not under load, or not for long, or not for strangers. */
        WARN,
        /** It does not work. */
        BAD
    }

    static Finding ok(String check, String found) {
        return new Finding(check, State.OK, found, "");
    }

    static Finding warn(String check, String found, String cure) {
        return new Finding(check, State.WARN, found, cure);
    }

    static Finding bad(String check, String found, String cure) {
        return new Finding(check, State.BAD, found, cure);
    }
}
