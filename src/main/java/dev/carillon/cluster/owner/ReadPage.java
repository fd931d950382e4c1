package dev.carillon.cluster.owner;

import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.history.ChannelStream;
import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.channel.history.HistoryPage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads kept publications. Answer: position, whether complete, publications; nothing if there is no stream. */
public final class ReadPage extends ChannelStep {
    private @Nullable StreamPosition since;
    private int limit;
    private boolean reverse;
    private Retention retention = Retentions.NONE;
    private long nowMillis;

    ReadPage() {}

    public ReadPage(@Nullable StreamPosition since, int limit, boolean reverse, Retention retention, long nowMillis) {
        this.since = since;
        this.limit = limit;
        this.reverse = reverse;
        this.retention = retention;
        this.nowMillis = nowMillis;
    }

    @Override
    Copies copies() {
        return Copies.WITNESSES;
    }

    @Override
    byte @Nullable [] run(Map.Entry<String, ChannelState> entry) {
        ChannelState state = entry.getValue();
        ChannelStream stream = state == null ? null : state.stream();
        if (stream == null) {
            return null;
        }
        HistoryPage page = stream.page(since, limit, reverse, retention, nowMillis);
        return new Packer(256)
                .text(page.position().epoch())
                .number(page.position().offset())
                .flag(page.complete())
                .publications(page.publications())
                .toBytes();
    }

    @Override
    void pack(Packer packer) {
        packer.number(limit).flag(reverse).number(nowMillis);
        Retentions.pack(packer, retention);
        packer.flag(since != null);
        if (since != null) {
            packer.position(since);
        }
    }

    @Override
    void unpack(Unpacker unpacker) {
        limit = (int) unpacker.number();
        reverse = unpacker.flag();
        nowMillis = unpacker.number();
        retention = Retentions.unpack(unpacker);
        since = unpacker.flag() ? unpacker.position() : null;
    }

    @Override
    public int getClassId() {
        return OwnerFactory.READ_PAGE;
    }
}
