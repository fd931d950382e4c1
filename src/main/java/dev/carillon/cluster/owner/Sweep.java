package dev.carillon.cluster.owner;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Drops what has outlived its time, and the whole channel when nothing is left. No answer. */
public final class Sweep extends ChannelStep {
    private Map<String, Retention> retentions = Map.of();
    private long nowMillis;

    Sweep() {}

    public Sweep(Map<String, Retention> retentions, long nowMillis) {
        this.retentions = retentions;
        this.nowMillis = nowMillis;
    }

    @Override
    Copies copies() {
        return Copies.EACH;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        if (state != null && state.ages()) {
            String namespace = ChannelName.ofKey(entry.getKey()).namespace();
            if (state.expire(retentions.getOrDefault(namespace, Retentions.NONE), nowMillis)) {
                entry.setValue(null);
            }
        }
        return null;
    }

    @Override
    void pack(Packer packer) {
        packer.number(nowMillis).number(retentions.size());
        retentions.forEach((namespace, retention) -> Retentions.pack(packer.text(namespace), retention));
    }

    @Override
    void unpack(Unpacker unpacker) {
        nowMillis = unpacker.number();
        Map<String, Retention> read = new HashMap<>();
        for (int i = unpacker.length(); i > 0; i--) {
            read.put(unpacker.text(), Retentions.unpack(unpacker));
        }
        retentions = read;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.SWEEP;
    }
}
