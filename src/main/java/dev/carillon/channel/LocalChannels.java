package dev.carillon.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The channels that somebody on one event loop wants: by name, and in a row that can be gone through in slices while it changes. */
final class LocalChannels {
    private final Predicate<ChannelName> ephemeral;
    private final Map<ChannelName, LocalChannel> byName = new HashMap<>();
    private final List<LocalChannel> row = new ArrayList<>();

    /** @param ephemeral whether a channel keeps no stream */
    LocalChannels(Predicate<ChannelName> ephemeral) {
        this.ephemeral = ephemeral;
    }

    @Nullable
    LocalChannel get(ChannelName name) {
        return byName.get(name);
    }

    LocalChannel enter(ChannelName name) {
        return byName.computeIfAbsent(name, this::append);
    }

    private LocalChannel append(ChannelName name) {
        LocalChannel channel = new LocalChannel(name, ephemeral.test(name) ? null : new Sequence());
        channel.place = row.size();
        row.add(channel);
        return channel;
    }

    /** Whether it is still here; one of the same name may have taken its place. */
    boolean has(LocalChannel channel) {
        return byName.get(channel.name()) == channel;
    }

    /** Takes a channel out; false if it was out already. The last of the row takes its place. */
    boolean remove(LocalChannel channel) {
        if (!byName.remove(channel.name(), channel)) {
            return false;
        }
        LocalChannel last = row.remove(row.size() - 1);
        if (last != channel) {
            row.set(channel.place, last);
            last.place = channel.place;
        }
        return true;
    }

    void forEach(Consumer<LocalChannel> each) {
        row.forEach(each);
    }

    /** See {@link Hub#standings}. From the end, so that none is passed over while others take the places of those that go. */
    int standings(int from, int count, List<Standing> into) {
        int at = Math.min(from, row.size());
        for (int seen = 0; seen < count && at > 0; seen++) {
            Standing standing = row.get(--at).standing();
            if (standing != null) {
                into.add(standing);
            }
        }
        return at;
    }
}
