package dev.carillon.bus;

import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was lately published at an address that another node publishes from, in the order it came. Bounded in number,
 * bytes and age; the oldest goes first.
 */
final class Overheard {
    /** What the bytes of one address may cost. */
    static final int MAX_BYTES = 1024 * 1024;

    /** Clocks of two nodes may differ by this without a message being published twice. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

    private record Heard(Payload data, long atMillis) {}

    private final int maxMessages;
    private final long maxAgeMillis;
    private final Deque<Heard> messages = new ArrayDeque<>();
    private int bytes;

    Overheard(int maxMessages, Duration maxAge) {
        this.maxMessages = maxMessages;
        this.maxAgeMillis = maxAge.toMillis();
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    void add(Payload data, long nowMillis) {
        if (maxMessages == 0) {
            return;
        }
        messages.add(new Heard(data, nowMillis));
        bytes += data.size();
        while (messages.size() > maxMessages || bytes > MAX_BYTES) {
            drop();
        }
    }

    void dropOld(long nowMillis) {
        while (!messages.isEmpty() && nowMillis - messages.element().atMillis > maxAgeMillis) {
            drop();
        }
    }

    void clear() {
        messages.clear();
        bytes = 0;
    }

    /**
     * What was heard and never published.
     *
     * @param newest the channel's newest publications, newest first
     * @param all whether these are all that the channel keeps; if not, what was heard before the oldest of them counts
     *     as published, because that cannot be known
     */
    List<Payload> missingFrom(List<Publication> newest, boolean all) {
        if (messages.isEmpty()) {
            return List.of();
        }
        long since = messages.element().atMillis - CLOCK_SKEW.toMillis();
        Map<Payload, Integer> published = new HashMap<>();
        for (Publication publication : newest) {
            if (publication.timestampMillis() >= since && publication.userId() == null) {
                published.merge(publication.data(), 1, Integer::sum);
            }
        }
        long known = all || newest.isEmpty()
                ? Long.MIN_VALUE
                : newest.get(newest.size() - 1).timestampMillis();
        // Of equal messages the earlier ones are those that were published.
        return messages.stream()
                .filter(heard -> {
                    Integer times = published.computeIfPresent(heard.data, (data, left) -> left - 1);
                    return (times == null || times < 0) && heard.atMillis >= known;
                })
                .map(Heard::data)
                .toList();
    }

    private void drop() {
        bytes -= messages.remove().data.size();
    }
}
