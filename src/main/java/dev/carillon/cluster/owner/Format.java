package dev.carillon.cluster.owner;

/**
 * The format of what owners keep and are asked, and of what nodes send one another. A node reads the latest and the one
 * before, and writes the one before for as long as somebody is there who reads no later: so neighbouring versions of
 * Carillon serve side by side. It is one for the whole process, which in operation is one node, because Hazelcast does not
 * say for whom it has something written. Safe on any thread.
 */
public final class Format {
    /** Raised with each change of what is written; the code for the one before the last goes then. */
    public static final int LATEST = 3;

    /** Owners had no head with the format, publications no trace, member lists no epoch, questions no number. */
    public static final int BEFORE = LATEST - 1;

    private static volatile int written = LATEST;

    private Format() {}

    /** In which format this node writes now. */
    public static int written() {
        return written;
    }

    static boolean isBefore() {
        return written == BEFORE;
    }

    /** Has this node write in a format from here on, {@link #BEFORE} or {@link #LATEST}. */
    public static void write(int format) {
        if (format != BEFORE && format != LATEST) {
            throw new IllegalArgumentException("format " + format);
        }
        written = format;
    }
}
