package dev.carillon.channel;

import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What waits to be appended to one channel, and the append that is under way. Confined to the publisher's loop. */
final class Lane {
    /** Drafts and bytes of one append. */
    static final int MAX_BATCH = 1024;

    static final int MAX_BATCH_BYTES = 1024 * 1024;

    final ChannelName channel;
    final ArrayDeque<Waiting> waiting = new ArrayDeque<>(2);

    /** The append under way, through all its repeats; null between two. */
    @Nullable
    Batch current;

    /** How long the last append took that settled. */
    long lastMillis;

    Lane(ChannelName channel) {
        this.channel = channel;
    }

    /**
     * One draft.
     *
     * @param deadline tick at which whoever published it is told 101
     */
    record Waiting(Draft draft, long deadline, Promise<Ack> promise) {}

    /** One append: the same drafts under the same turn, however often it is made. */
    static final class Batch {
        final long turn;
        final List<Waiting> items;
        final List<Draft> drafts;
        final long begunAt;
        int attempts;

        Batch(long turn, List<Waiting> items, long begunAt) {
            this.turn = turn;
            this.items = items;
            this.begunAt = begunAt;
            drafts = new ArrayList<>(items.size());
            for (Waiting item : items) {
                drafts.add(item.draft);
            }
        }

        /** The oldest draft's: the first to be reached. */
        long deadline() {
            return items.get(0).deadline;
        }
    }

    /** Takes what may go together now; empty if nothing waits. */
    List<Waiting> take() {
        List<Waiting> taken = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH));
        long bytes = 0;
        while (!waiting.isEmpty() && taken.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
            Waiting next = waiting.remove();
            bytes += next.draft.data().size();
            taken.add(next);
        }
        return taken;
    }

    /** Whether the append under way had to be repeated: it is the owner that cannot be reached, not load. */
    boolean isStuck() {
        Batch batch = current;
        return batch != null && batch.attempts > 1;
    }
}
