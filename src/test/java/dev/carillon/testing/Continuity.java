package dev.carillon.testing;

/**
 * Follows what one subscriber of a channel with offsets is shown: each publication is the next one, or a gap before it
 * tells of exactly those that were left out. Confined to the test's thread.
 */
public final class Continuity {
    private long position;
    private long gaps;
    private long missed;
    private long messages;

    /** @param position of the last publication before the first that will be shown */
    public Continuity(long position) {
        this.position = position;
    }

    public void message(long offset) {
        if (offset != position + 1) {
            throw new AssertionError("after " + position + " came " + offset + " without a word");
        }
        position = offset;
        messages++;
    }

    public void gap(long count, long lastOffset) {
        if (count < 1 || lastOffset != position + count) {
            throw new AssertionError("after " + position + " a gap of " + count + " cannot end at " + lastOffset);
        }
        position = lastOffset;
        gaps++;
        missed += count;
    }

    /** Of the last publication shown or told of. */
    public long position() {
        return position;
    }

    public long gaps() {
        return gaps;
    }

    public long missed() {
        return missed;
    }

    public long messages() {
        return messages;
    }
}
