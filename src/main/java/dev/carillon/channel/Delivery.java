package dev.carillon.channel;

import java.util.ArrayList;
import java.util.List;

/**
 * What one turn of an event loop brings to its sockets. One that a single channel brings something, as is usual, is
 * given it and flushed at once; one that several do is given each, and flushed once. Confined to the loop.
 */
final class Delivery {
    private final List<Subscriber> touched = new ArrayList<>();

    /** Held until the end, because sockets are given them only then. */
    private final List<Turn> turns = new ArrayList<>();

    /** Takes over a turn that subscribers are then {@link #bring brought}. */
    void add(Turn turn) {
        turns.add(turn);
    }

    /** A subscriber that is too slow may leave while this is called. */
    void bring(Turn turn, Subscriber subscriber) {
        if (!subscriber.touched) {
            subscriber.touched = true;
            subscriber.only = turn;
            touched.add(subscriber);
            return;
        }
        Turn first = subscriber.only;
        if (first != null) {
            subscriber.only = null;
            subscriber.write(first);
        }
        subscriber.write(turn);
    }

    /** Ends it: everything goes out. */
    void flush() {
        int next = 0;
        try {
            while (next < touched.size()) {
                flush(touched.get(next++));
            }
        } finally {
            // Of a fault in one of them the others must not keep a turn that is over.
            for (; next < touched.size(); next++) {
                touched.get(next).touched = false;
                touched.get(next).only = null;
            }
            touched.clear();
            turns.forEach(Turn::release);
            turns.clear();
        }
    }

    private static void flush(Subscriber subscriber) {
        Turn only = subscriber.only;
        subscriber.only = null;
        subscriber.touched = false;
        if (only == null) {
            subscriber.flush();
        } else {
            subscriber.writeAndFlush(only);
        }
    }
}
