package dev.carillon.cluster.link;

/**
 * How long it takes to another node and back: each sign of life says when it was sent, by the clock of its sender, which
 * of the other's came last, and for how long that has been here. No two clocks are compared. Safe on any thread.
 */
final class RoundTrip {
    private long heardMicros;
    private long heardAtMicros;

    /**
     * What a sign of life says about time, in microseconds.
     *
     * @param sentMicros when it was sent, by its sender's clock; 0 if it does not say
     * @param heardMicros when the last one from its receiver was sent, by that one's clock; 0 if none came
     * @param heldMicros for how long its sender has had that
     */
    record Stamp(long sentMicros, long heardMicros, long heldMicros) {
        /** Of nodes that say nothing of time. */
        static final Stamp NONE = new Stamp(0, 0, 0);
    }

    /** What the next sign of life is to say. */
    synchronized Stamp stamp(long nowMicros) {
        return heardMicros == 0
                ? new Stamp(nowMicros, 0, 0)
                : new Stamp(nowMicros, heardMicros, nowMicros - heardAtMicros);
    }

    /** Takes note of one that came; how long the way there and back took, or -1 if none had gone there. */
    synchronized long heard(Stamp stamp, long nowMicros) {
        heardMicros = stamp.sentMicros();
        heardAtMicros = nowMicros;
        return stamp.heardMicros() == 0 ? -1 : Math.max(0, nowMicros - stamp.heardMicros() - stamp.heldMicros());
    }
}
