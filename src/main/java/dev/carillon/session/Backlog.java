package dev.carillon.session;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Gap;
import dev.carillon.channel.SharedEvent;
import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * What waits for one socket that takes nothing at the moment: frames for this client alone, which go first, and a
 * lane, a {@link ChannelBacklog}, for each channel. Frames are those that all sockets share; nothing is copied. Its bytes
 * are bounded: room is made in the lane that can spare most, and where none can, the connection has to end. There are at
 * most as many lanes as the connection has subscriptions. Confined to the connection's event loop.
 */
final class Backlog {
    /** What one lane may write before it is the next one's turn. */
    static final int TURN_BYTES = 4 * 1024;

    private final SlowConsumers rules;
    private final Queue<byte[]> alone = new ArrayDeque<>(2);
    private final Map<ChannelName, ChannelBacklog> lanes = new HashMap<>(2);

    /** In the order of their turns. */
    private final ArrayDeque<ChannelBacklog> turns = new ArrayDeque<>(2);

    private long bytes;

    Backlog(SlowConsumers rules) {
        this.rules = rules;
    }

    boolean isEmpty() {
        return alone.isEmpty() && turns.isEmpty();
    }

    /** Bytes that wait, with what their places cost. */
    long bytes() {
        return bytes;
    }

    /** Takes what a channel brought; false if there is no room, and then the connection has to end. */
    boolean add(Turn turn) {
        ChannelBacklog lane = lanes.get(turn.channel());
        if (lane == null) {
            lane = new ChannelBacklog(turn.channel(), rules.of(turn.channel()));
            lanes.put(turn.channel(), lane);
            turns.add(lane);
        }
        for (int i = 0; i < turn.frames().size(); i++) {
            byte[] frame = turn.frames().get(i);
            if (frame.length > 0 && !add(lane, turn.event(i), frame)) {
                return false;
            }
        }
        if (lane.isEmpty()) {
            leave(turn.channel());
        }
        return true;
    }

    private boolean add(ChannelBacklog lane, SharedEvent event, byte[] frame) {
        long before = lane.bytes();
        if (lane.add(event, frame)) {
            dropped(lane);
        }
        bytes += lane.bytes() - before;
        if (lane.droppable() > rules.maxBacklogMessages()) {
            dropOldest(lane);
        }
        return makeRoom();
    }

    /** Takes a frame for this client alone; false if there is no room, and then the connection has to end. */
    boolean add(byte[] frame) {
        alone.add(frame);
        bytes += frame.length + ChannelBacklog.PLACE_BYTES;
        return makeRoom();
    }

    /** What waits of a channel is not wanted any more. */
    void leave(ChannelName channel) {
        ChannelBacklog lane = lanes.remove(channel);
        if (lane != null) {
            bytes -= lane.bytes();
            boolean unused = turns.remove(lane);
        }
    }

    /**
     * Takes what is next, each lane having its turn.
     *
     * @param maxBytes once so many were taken no more are
     * @param to gets the frames, in order
     */
    void take(int maxBytes, WireForm form, List<byte[]> to) {
        int taken = 0;
        while (taken < maxBytes && !alone.isEmpty()) {
            byte[] frame = alone.remove();
            bytes -= frame.length + ChannelBacklog.PLACE_BYTES;
            taken += frame.length;
            to.add(frame);
        }
        while (taken < maxBytes && !turns.isEmpty()) {
            ChannelBacklog lane = turns.remove();
            taken += take(lane, Math.min(TURN_BYTES, maxBytes - taken), form, to);
            if (lane.isEmpty()) {
                lanes.remove(lane.channel());
            } else {
                turns.add(lane);
            }
        }
    }

    private int take(ChannelBacklog lane, int maxBytes, WireForm form, List<byte[]> to) {
        int taken = 0;
        long before = lane.bytes();
        while (taken < maxBytes && !lane.isEmpty()) {
            Gap gap = lane.takeGap();
            if (gap != null) {
                byte[] mark = form.encode(gap);
                taken += mark.length;
                to.add(mark);
                rules.listener().gap(lane.channel().namespace());
            }
            byte[] frame = lane.takeFrame();
            if (frame != null) {
                taken += frame.length;
                to.add(frame);
            }
        }
        bytes -= before - lane.bytes();
        return taken;
    }

    private boolean makeRoom() {
        while (bytes > rules.maxBacklogBytes()) {
            ChannelBacklog largest = null;
            for (ChannelBacklog lane : turns) {
                if (lane.droppable() > 0 && (largest == null || lane.droppableBytes() > largest.droppableBytes())) {
                    largest = lane;
                }
            }
            if (largest == null) {
                return false;
            }
            dropOldest(largest);
        }
        return true;
    }

    private void dropOldest(ChannelBacklog lane) {
        long before = lane.bytes();
        lane.dropOldest();
        bytes -= before - lane.bytes();
        dropped(lane);
    }

    private void dropped(ChannelBacklog lane) {
        rules.listener().dropped(lane.channel().namespace());
    }
}
