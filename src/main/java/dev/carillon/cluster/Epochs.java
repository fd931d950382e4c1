package dev.carillon.cluster;

import java.util.concurrent.atomic.AtomicLong;

/** Names for streams and member lists that a step of this node may begin: no other step of any node has the same. Safe on any thread. */
final class Epochs {
    private final String node;
    private final AtomicLong last = new AtomicLong();

    Epochs(NodeIdentity node) {
        this.node = node.id();
    }

    String next() {
        return node + Long.toString(last.incrementAndGet(), Character.MAX_RADIX);
    }
}
