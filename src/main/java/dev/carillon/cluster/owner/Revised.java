package dev.carillon.cluster.owner;

import org.jspecify.annotations.Nullable;

/** What an owner keeps of one key, and by which step it came to be so: owner and copy have the same revision or differ. */
interface Revised {
    /** What stands for a key that nothing is kept of. */
    long NOTHING = 0;

    long revision();

    void revise(long revision);

    static long of(@Nullable Revised kept) {
        return kept == null ? NOTHING : kept.revision();
    }
}
