package dev.carillon.channel.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of what was published a while ago, and which offsets it has; the oldest are forgotten first. All of it is
 * numbers in two arrays, for the reasons of {@link KeptPublications}: a key is remembered for minutes, and there is one
 * for nearly every publication. Not thread-safe.
 */
final class RecentKeys {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** An entry begins with its key's length and hash, its offset and its time; the key is padded to whole ints. */
    private static final int HASH = Integer.BYTES;

    private static final int OFFSET = HASH + Integer.BYTES;
    private static final int TIME = OFFSET + Long.BYTES;
    private static final int KEY = TIME + Long.BYTES;

    /** So few are found by looking at all of them. */
    private static final int FEW = 8;

    private static final int[] NO_SLOTS = {};
    private static final byte[] NO_BYTES = {};

    /** Unknown to who chooses keys, so that nobody can have all of them in one place. */
    private static final long SECRET = new SecureRandom().nextLong() | 1;

    /** Entries, oldest first, between two places. */
    private byte[] bytes = NO_BYTES;

    private int from;
    private int to;

    /** How many bytes of entries there have been before the array's first; only differences of such places count. */
    private int base;

    /**
     * Where entries are, each at or behind the place that its hash says, counted as {@link #base} is and made odd; 0 for
     * nothing. Empty while there are few.
     */
    private int[] slots = NO_SLOTS;

    private int size;

    RecentKeys() {
        this(0);
    }

    /** @param base a multiple of 4, from which places are counted: an int begins again after a while */
    RecentKeys(int base) {
        this.base = base;
    }

    int size() {
        return size;
    }

    /** The offset of what was published with the key; 0 if it is not known. */
    long offsetOf(byte[] key) {
        int at = find(key, hash(key));
        return at < 0 ? 0 : (long) LONG.get(bytes, at + OFFSET);
    }

    /** Remembers a key that is not known. */
    void put(byte[] key, long offset, long millis) {
        int length = KEY + padded(key.length);
        makeRoom(length);
        int hash = hash(key);
        INT.set(bytes, to, key.length);
        INT.set(bytes, to + HASH, hash);
        LONG.set(bytes, to + OFFSET, offset);
        LONG.set(bytes, to + TIME, millis);
        System.arraycopy(key, 0, bytes, to + KEY, key.length);
        to += length;
        size++;
        if (size > FEW && size * 2 > slots.length) {
            index();
        } else if (slots.length > 0) {
            enter(to - length);
        }
    }

    /** Forgets those of before a time, and the oldest while there are more than so many. */
    void forget(long beforeMillis, int most) {
        while (size > 0 && (size > most || (long) LONG.get(bytes, from + TIME) < beforeMillis)) {
            if (slots.length > 0) {
                withdraw(from);
            }
            from += lengthAt(from);
            size--;
        }
    }

    /** Lets go of memory that was needed for more of them than there are now. */
    void trim() {
        if (size == 0) {
            bytes = NO_BYTES;
            from = 0;
            to = 0;
            slots = NO_SLOTS;
        } else if (bytes.length > 4 * (to - from)) {
            moveInto(new byte[to - from]);
            slots = NO_SLOTS;
            if (size > FEW) {
                index();
            }
        }
    }

    /** All of them, oldest first. */
    Map<String, ChannelStream.KeyMark> toMap() {
        Map<String, ChannelStream.KeyMark> all = new LinkedHashMap<>(size * 2);
        for (int at = from; at < to; at += lengthAt(at)) {
            String key = new String(bytes, at + KEY, (int) INT.get(bytes, at), StandardCharsets.UTF_8);
            all.put(key, new ChannelStream.KeyMark((long) LONG.get(bytes, at + OFFSET), (long)
                    LONG.get(bytes, at + TIME)));
        }
        return all;
    }

    private void makeRoom(int length) {
        if (to + length <= bytes.length) {
            return;
        }
        int needed = to - from + length;
        // Moved only if that makes room for long, so that each entry is moved but a few times.
        boolean enough = needed <= bytes.length - bytes.length / 4;
        moveInto(enough ? bytes : new byte[Math.max(needed, bytes.length + bytes.length / 2)]);
    }

    private void moveInto(byte[] other) {
        System.arraycopy(bytes, from, other, 0, to - from);
        bytes = other;
        base += from;
        to -= from;
        from = 0;
    }

    /** Where the entry is, or -1. */
    private int find(byte[] key, int hash) {
        if (slots.length == 0) {
            for (int at = from; at < to; at += lengthAt(at)) {
                if (isAt(at, key, hash)) {
                    return at;
                }
            }
            return -1;
        }
        for (int slot = hash & slots.length - 1; slots[slot] != 0; slot = slot + 1 & slots.length - 1) {
            int at = placeIn(slot);
            if (isAt(at, key, hash)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isAt(int at, byte[] key, int hash) {
        return (int) INT.get(bytes, at + HASH) == hash
                && (int) INT.get(bytes, at) == key.length
                && Arrays.equals(bytes, at + KEY, at + KEY + key.length, key, 0, key.length);
    }

    private void index() {
        slots = new int[Integer.highestOneBit(size) * 4];
        for (int at = from; at < to; at += lengthAt(at)) {
            enter(at);
        }
    }

    private void enter(int at) {
        int slot = homeOf(at);
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = base + at | 1;
    }

    /** Those behind it that would not be found across an empty slot move up. */
    private void withdraw(int at) {
        int mask = slots.length - 1;
        int hole = homeOf(at);
        while (placeIn(hole) != at) {
            hole = hole + 1 & mask;
        }
        for (int slot = hole + 1 & mask; slots[slot] != 0; slot = slot + 1 & mask) {
            if ((slot - homeOf(placeIn(slot)) & mask) >= (slot - hole & mask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
        }
        slots[hole] = 0;
    }

    private int placeIn(int slot) {
        return (slots[slot] & ~1) - base;
    }

    private int homeOf(int at) {
        return (int) INT.get(bytes, at + HASH) & slots.length - 1;
    }

    private int lengthAt(int at) {
        return KEY + padded((int) INT.get(bytes, at));
    }

    private static int padded(int length) {
        return length + Integer.BYTES - 1 & -Integer.BYTES;
    }

    /** By folded multiplication, after wyhash by Wang Yi. */
    private static int hash(byte[] key) {
        long hash = SECRET ^ key.length;
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            hash = fold(hash ^ (long) LONG.get(key, at));
        }
        long rest = 0;
        for (; at < key.length; at++) {
            rest = rest << Byte.SIZE | key[at] & 0xff;
        }
        hash = fold(hash ^ rest);
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    private static long fold(long value) {
        return Math.multiplyHigh(value, SECRET) ^ value * SECRET;
    }
}
