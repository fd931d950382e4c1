package dev.carillon.cluster.owner;

import dev.carillon.channel.Changes;
import dev.carillon.channel.Recovery;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes the channel to a node and recovers from a position. Answer: position, whether recovered, what was missed, unless
 * the channel is ephemeral; then {@link Changes}, if the node is told of them.
 */
public final class Subscribe extends ChannelStep {
    private String node = "";
    private long interest;
    private @Nullable StreamPosition since;
    private int limit;
    private @Nullable Retention retention;
    private String freshEpoch = "";
    private long nowMillis;
    private boolean tellsChanges;
    private @Nullable StreamPosition changesSince;

    Subscribe() {}

    public Subscribe(
            String node,
            long interest,
            @Nullable StreamPosition since,
            int limit,
            @Nullable Retention retention,
            String freshEpoch,
            long nowMillis,
            boolean tellsChanges,
            @Nullable StreamPosition changesSince) {
        this.node = node;
        this.interest = interest;
        this.since = since;
        this.limit = limit;
        this.retention = retention;
        this.freshEpoch = freshEpoch;
        this.nowMillis = nowMillis;
        this.tellsChanges = tellsChanges && !Format.isBefore();
        this.changesSince = changesSince;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = open(entry);
        state.route(node, interest);
        state.touch(nowMillis);
        entry.setValue(state);
        Packer answer = new Packer(64);
        Retention kept = retention;
        if (kept != null) {
            Recovery recovery = state.stream(entry, freshEpoch).recover(since, limit, kept, nowMillis);
            answer.position(recovery.position()).flag(recovery.recovered()).publications(recovery.missed());
        }
        if (tellsChanges) {
            Changes changes = state.changes(changesSince);
            answer.position(changes.position()).number(changes.missed().size());
            changes.missed().forEach(answer::event);
        }
        return kept == null && !tellsChanges ? null : answer.toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.text(node).number(interest).number(limit).text(freshEpoch).number(nowMillis);
        packer.flag(since != null);
        if (since != null) {
            packer.position(since);
        }
        packer.flag(retention != null);
        if (retention != null) {
            Retentions.pack(packer, retention);
        }
        if (!Format.isBefore()) {
            packer.flag(tellsChanges).flag(changesSince != null);
            if (changesSince != null) {
                packer.position(changesSince);
            }
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        node = unpacker.common();
        interest = unpacker.number();
        limit = (int) unpacker.number();
        freshEpoch = unpacker.text();
        nowMillis = unpacker.number();
        since = unpacker.flag() ? unpacker.position() : null;
        retention = unpacker.flag() ? Retentions.unpack(unpacker) : null;
        if (!unpacker.isAtEnd()) {
            tellsChanges = unpacker.flag();
            changesSince = unpacker.flag() ? unpacker.position() : null;
        }
    }

    @Override
    public int getClassId() {
        return OwnerFactory.SUBSCRIBE;
    }
}
