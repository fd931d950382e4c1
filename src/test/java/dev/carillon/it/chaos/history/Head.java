package dev.carillon.it.chaos.history;

/** The first number of a record: what it is, two flags, and three small numbers. */
final class Head {
    private static final int CHANNEL_SHIFT = 8;
    private static final int EPOCH_SHIFT = 20;
    private static final int COUNT_SHIFT = 40;
    private static final long FLAG = 1 << 4;
    private static final long OTHER_FLAG = 1 << 5;

    static final int MAX_CHANNELS = 1 << (EPOCH_SHIFT - CHANNEL_SHIFT);
    static final int MAX_EPOCHS = 1 << (COUNT_SHIFT - EPOCH_SHIFT);

    private Head() {}

    static long of(int kind, int channel, int epoch, int count, boolean flag, boolean otherFlag) {
        return kind
                | (flag ? FLAG : 0)
                | (otherFlag ? OTHER_FLAG : 0)
                | (long) channel << CHANNEL_SHIFT
                | (long) epoch << EPOCH_SHIFT
                | (long) count << COUNT_SHIFT;
    }

    static int kind(long head) {
        return (int) (head & 0xf);
    }

    static boolean flag(long head) {
        return (head & FLAG) != 0;
    }

    static boolean otherFlag(long head) {
        return (head & OTHER_FLAG) != 0;
    }

    static int channel(long head) {
        return (int) (head >>> CHANNEL_SHIFT) & (MAX_CHANNELS - 1);
    }

    static int epoch(long head) {
        return (int) (head >>> EPOCH_SHIFT) & (MAX_EPOCHS - 1);
    }

    static int count(long head) {
        return (int) (head >>> COUNT_SHIFT);
    }
}
