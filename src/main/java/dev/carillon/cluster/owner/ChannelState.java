package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import dev.carillon.channel.Changes;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream;
import dev.carillon.presence.ChannelPresence;
import dev.carillon.presence.ChannelPresence.Counted;
import dev.carillon.presence.ChannelPresence.Recent;
import dev.carillon.presence.PresenceSnapshot;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the owner of a channel knows: its stream, its members, which nodes have subscribers, and what the last
 * append of each origin did. Changed in place by {@link ChannelStep}s on the partition thread, on the owner and on its
 * copy alike.
 */
public final class ChannelState extends RoutedNodes implements Revised, IdentifiedDataSerializable {
    /** What is kept of members: nothing, a list of the format before, or one with an epoch. */
    private static final int NO_LIST = 0;

    private static final int LIST = 1;
    private static final int COUNTED_LIST = 2;

    private @Nullable ChannelStream stream;
    private @Nullable ChannelPresence presence;

    /** Made with the first: most channels of users are never published on. */
    private @Nullable LastAppends lastAppends;

    private long touchedMillis;
    private long revision;

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public void revise(long revision) {
        this.revision = revision;
    }

    /** The stream, begun with an epoch of its own if there was none. */
    ChannelStream stream(Map.Entry<String, ChannelState> entry, String freshEpoch) {
        ChannelStream begun = stream;
        if (begun == null) {
            begun = new ChannelStream(ChannelName.ofKey(entry.getKey()), freshEpoch);
            stream = begun;
        }
        return begun;
    }

    @Nullable
    ChannelStream stream() {
        return stream;
    }

    ChannelPresence presence(ChannelName channel) {
        ChannelPresence begun = presence;
        if (begun == null) {
            begun = new ChannelPresence(channel);
            presence = begun;
        }
        return begun;
    }

    PresenceSnapshot members() {
        return presence == null ? PresenceSnapshot.EMPTY : presence.snapshot();
    }

    /** How the member list stands, with what came after {@code since}. */
    Changes changes(@Nullable StreamPosition since) {
        return presence == null ? new Changes(StreamPosition.NONE, List.of()) : presence.changes(since);
    }

    /**
     * Appends drafts, or tells again what the same turn of the origin did before; null if the origin has given that turn
     * up and gone on to a later one.
     */
    byte @Nullable [] append(
            String origin, long turn, List<Draft> drafts, ChannelStream appendTo, ChannelStream.Retention kept) {
        LastAppends last = lastAppends == null ? new LastAppends() : lastAppends;
        lastAppends = last;
        if (last.has(origin, turn)) {
            return last.outcome(origin, turn);
        }
        drafts.forEach(draft -> touch(draft.timestampMillis()));
        Packer outcome = new Packer(16 + drafts.size() * 4);
        outcome.text(appendTo.position().epoch()).number(drafts.size());
        for (Draft draft : drafts) {
            var ack = appendTo.append(draft, kept);
            outcome.number(ack.position().offset()).flag(ack.duplicate());
        }
        byte[] bytes = outcome.toBytes();
        last.put(origin, turn, bytes, touchedMillis);
        return bytes;
    }

    void touch(long nowMillis) {
        touchedMillis = Math.max(touchedMillis, nowMillis);
    }

    /** Whether a node left anything here. */
    boolean knows(String node) {
        return interestOf(node) != null
                || members().members().stream().anyMatch(member -> member.node().equals(node));
    }

    /** What is left of a channel that a smaller part of a split cluster brings back: its stream. */
    void keepStreamOnly() {
        dropNodes();
        presence = null;
    }

    /** Whether {@link #expire} would leave something, had nobody touched the channel since. */
    boolean isWithinItsTime(ChannelStream.Retention retention, long nowMillis) {
        return nowMillis - touchedMillis <= Math.max(retention.ttlMillis(), LastAppends.REPEATS_MILLIS);
    }

    /** Whether there may be something for {@link #expire} to do: most channels of users have a node, and nothing else. */
    boolean ages() {
        return lastAppends != null || presence != null || !isRouted() || (stream != null && !stream.isEmpty());
    }

    /** Drops what has outlived its time; whether nothing is left that anybody could ask for. */
    boolean expire(ChannelStream.Retention retention, long nowMillis) {
        boolean nothingKept = stream == null || stream.expire(retention, nowMillis);
        if (lastAppends != null) {
            lastAppends.forget(nowMillis);
            lastAppends = lastAppends.isEmpty() ? null : lastAppends;
        }
        boolean idle = !isWithinItsTime(retention, nowMillis);
        ChannelPresence list = presence;
        if (list != null && nowMillis - touchedMillis > LastAppends.REPEATS_MILLIS) {
            list.forgetRecent();
        }
        return nothingKept && idle && !isRouted() && (list == null || list.size() == 0);
    }

    @Override
    public int getFactoryId() {
        return OwnerFactory.ID;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.CHANNEL_STATE;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        Packer packer = new Packer(256);
        packer.number(revision).number(touchedMillis);
        packer.number(nodes().size());
        eachNode((node, interest) -> packer.text(node).number(interest));
        if (lastAppends == null) {
            packer.number(0);
        } else {
            lastAppends.pack(packer);
        }
        ChannelStream kept = stream;
        packer.flag(kept != null);
        if (kept != null) {
            packer.text(kept.channel().key())
                    .text(kept.position().epoch())
                    .number(kept.position().offset())
                    .publications(kept.kept())
                    .number(kept.keys().size());
            kept.keys()
                    .forEach((key, mark) ->
                            packer.text(key).number(mark.offset()).number(mark.atMillis()));
        }
        ChannelPresence list = presence;
        if (list == null) {
            packer.number(NO_LIST);
        } else {
            pack(packer, list);
        }
        OwnerFormat.write(out, packer);
    }

    private static void pack(Packer packer, ChannelPresence list) {
        String epoch = Format.isBefore() ? "" : list.position().epoch();
        packer.number(epoch.isEmpty() ? LIST : COUNTED_LIST).text(list.channel().key());
        if (!epoch.isEmpty()) {
            packer.text(epoch);
        }
        packer.number(list.version()).number(list.size());
        list.present().forEach(counted -> packer.member(counted.member()).number(counted.incarnation()));
        Collection<Recent> recent = Format.isBefore() ? lastOfEach(list.recent()) : list.recent();
        packer.number(recent.size());
        recent.forEach(was -> packer.change(was.change(), was.dropped()));
    }

    /** What the format before knew: of each session the last change, unless its node departed. */
    private static Collection<Recent> lastOfEach(List<Recent> recent) {
        Map<String, Recent> last = new LinkedHashMap<>();
        for (Recent was : recent) {
            String session = was.change().member().sessionId();
            last.remove(session);
            if (!was.dropped()) {
                last.put(session, was);
            }
        }
        return last.values();
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        Unpacker unpacker = OwnerFormat.read(in);
        revision = unpacker.number();
        touchedMillis = unpacker.number();
        for (int i = unpacker.length(); i > 0; i--) {
            route(unpacker.common(), unpacker.number());
        }
        lastAppends = LastAppends.unpack(unpacker);
        if (unpacker.flag()) {
            ChannelName channel = ChannelName.ofKey(unpacker.text());
            String epoch = unpacker.text();
            long offset = unpacker.number();
            var kept = unpacker.publications(channel, epoch);
            Map<String, ChannelStream.KeyMark> keys = new LinkedHashMap<>();
            for (int i = unpacker.length(); i > 0; i--) {
                keys.put(unpacker.text(), new ChannelStream.KeyMark(unpacker.number(), unpacker.number()));
            }
            stream = new ChannelStream(channel, epoch, offset, kept, keys);
        }
        long list = unpacker.number();
        if (list != NO_LIST) {
            ChannelName channel = ChannelName.ofKey(unpacker.text());
            String epoch = list == COUNTED_LIST ? unpacker.text() : "";
            long version = unpacker.number();
            presence = new ChannelPresence(
                    channel,
                    epoch,
                    version,
                    unpacker.list(() -> new Counted(unpacker.member(), unpacker.number())),
                    unpacker.list(() -> unpacker.recent(channel)));
        }
    }
}
