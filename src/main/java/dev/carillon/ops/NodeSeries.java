package dev.carillon.ops;

import dev.carillon.session.NodeSample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last samples of this node, oldest first. Safe on any thread. */
final class NodeSeries {
    /** An hour of samples that are taken every five seconds. */
    static final int CAPACITY = 720;

    private final Deque<NodeSample> samples = new ArrayDeque<>();

    synchronized void add(NodeSample sample) {
        if (samples.size() == CAPACITY) {
            samples.removeFirst();
        }
        samples.addLast(sample);
    }

    /** The newest, so many at most. */
    synchronized List<NodeSample> last(int count) {
        return List.copyOf(new ArrayList<>(samples).subList(Math.max(0, samples.size() - count), samples.size()));
    }
}
