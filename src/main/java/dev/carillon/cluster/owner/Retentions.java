package dev.carillon.cluster.owner;

import dev.carillon.channel.history.ChannelStream.Retention;
import dev.carillon.config.NamespaceSettings;

/** What a namespace keeps, as a step brings it along: the owner reads no settings of its own. */
public final class Retentions {
    static final Retention NONE = new Retention(0, 0, 0);

    private Retentions() {}

    public static Retention of(NamespaceSettings namespace) {
        return new Retention(
                namespace.historySize(),
                namespace.historyTtl().toMillis(),
                namespace.keyTtl().toMillis());
    }

    static void pack(Packer packer, Retention retention) {
        packer.number(retention.size()).number(retention.ttlMillis()).number(retention.keyTtlMillis());
    }

    static Retention unpack(Unpacker unpacker) {
        return new Retention((int) unpacker.number(), unpacker.number(), unpacker.number());
    }
}
