package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes the channel to a node and recovers from a position. Answer: position, whether recovered, what was missed; nothing if ephemeral. */
public final class Subscribe extends ChannelStep {
    private String node = "";
    private long interest;
    private @Nullable StreamPosition since;
    private int limit;
    private @Nullable Retention retention;
    private String freshEpoch = "";
    private long nowMillis;

    Subscribe() {}

    public Subscribe(
            String node,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable Retention retention,
            String freshEpoch,
            long nowMillis) {
        this.node = node;
        this.interest = interest;
        this.since = since;
        this.limit = limit;
        this.retention = retention;
        this.freshEpoch = freshEpoch;
        this.nowMillis = nowMillis;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = open(entry);
        state.route(node, interest);
        state.touch(nowMillis);
        entry.setValue(state);
        Retention kept = retention;
        if (kept == null) {
            return null;
        }
        Recovery recovery =
                state.stream(ChannelName.ofKey(entry.getKey()), freshEpoch).recover(since, limit, kept, nowMillis);
        return new Packer(64)
                .text(recovery.position().epoch())
                .number(recovery.position().offset())
                .flag(recovery.recovered())
                .publications(recovery.missed())
                .toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.text(node).number(interest).number(limit).text(freshEpoch).number(nowMillis);
        packer.flag(since != null);
        if (since != null) {
            packer.text(since.epoch()).number(since.offset());
        }
        packer.flag(retention != null);
        if (retention != null) {
            Retentions.pack(packer, retention);
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.text();
        interest = unpacker.number();
        limit = (int) unpacker.number();
        freshEpoch = unpacker.text();
        nowMillis = unpacker.number();
        since = unpacker.flag() ? new StreamPosition(unpacker.text(), unpacker.number()) : null;
        retention = unpacker.flag() ? Retentions.unpack(unpacker) : null;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.SUBSCRIBE;
    }
}
