package dev.carillon.it.chaos.check;

import java.util.Arrays;

/** What is known of each publication, by the id that its publisher gave it: from 1 on, without large holes. */
final class Publications {
    static final int NONE = -1;

    private int[] channel = new int[0];
    private long[] sentAt = new long[0];
    private int[] publisher = new int[0];
    private int[] ackEpoch = new int[0];
    private long[] ackOffset = new long[0];
    private boolean[] appended = new boolean[0];
    private int count;

    void sent(long id, int onChannel, long at, int by) {
        int i = room(id);
        if (channel[i] == NONE) {
            channel[i] = onChannel;
            sentAt[i] = at;
            publisher[i] = by;
            count++;
        }
    }

    private int room(long id) {
        int i = Math.toIntExact(id);
        if (i >= channel.length) {
            int from = channel.length;
            int to = Math.max(1024, i * 2);
            channel = Arrays.copyOf(channel, to);
            sentAt = Arrays.copyOf(sentAt, to);
            publisher = Arrays.copyOf(publisher, to);
            ackEpoch = Arrays.copyOf(ackEpoch, to);
            ackOffset = Arrays.copyOf(ackOffset, to);
            appended = Arrays.copyOf(appended, to);
            Arrays.fill(channel, from, to, NONE);
            Arrays.fill(ackEpoch, from, to, NONE);
        }
        return i;
    }

    boolean isKnown(long id) {
        return id > 0 && id < channel.length && channel[(int) id] != NONE;
    }

    int channel(long id) {
        return channel[(int) id];
    }

    long sentAt(long id) {
        return sentAt[(int) id];
    }

    int publisher(long id) {
        return publisher[(int) id];
    }

    boolean isAcked(long id) {
        return ackEpoch[(int) id] != NONE;
    }

    Position ack(long id) {
        return new Position(ackEpoch[(int) id], ackOffset[(int) id]);
    }

    void acked(long id, int epoch, long offset) {
        ackEpoch[(int) id] = epoch;
        ackOffset[(int) id] = offset;
    }

    /** Notes that the ack was of a first append; whether there was one before in the same epoch. */
    boolean appendedAgain(long id, boolean sameEpoch) {
        boolean before = appended[(int) id] && sameEpoch;
        appended[(int) id] = true;
        return before;
    }

    /** Publications sent. */
    int count() {
        return count;
    }

    /** Ids are below. */
    int bound() {
        return channel.length;
    }
}
