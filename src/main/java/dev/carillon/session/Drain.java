package dev.carillon.session;

import dev.carillon.config.DrainSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Empties a node that leaves: new clients are refused from its making on; after the notice the sessions are sent away in
 * random order, so many a second; who is there when the time is up is closed at once. It knows no clock and starts no
 * timer: {@link #step} is called every now and then, by one thread.
 */
public final class Drain {
    /** The nodes are looked at again after this; they may come and go meanwhile. */
    private static final long LOOK_MILLIS = 1000;

    private final SessionRegistry registry;
    private final DrainSettings settings;
    private final Supplier<? extends Collection<NodeInfo>> nodes;
    private final Random random;
    private final Elsewhere elsewhere;
    private final long begunMillis;
    private final List<ClientSession> left = new ArrayList<>();
    private final Set<ClientSession> sentAway = new HashSet<>();
    private final Outflow outflow;
    private final long noticedMillis;
    private long lookedMillis;
    private int closedAtOnce;

    /**
     * @param self id of this node
     * @param nodes that are in the cluster now
     * @param nowMillis on a clock that only goes forward
     */
    public Drain(
            SessionRegistry registry,
            DrainSettings settings,
            String self,
            Supplier<? extends Collection<NodeInfo>> nodes,
            Random random,
            long nowMillis) {
        this.registry = registry;
        this.settings = settings;
        this.nodes = nodes;
        this.random = random;
        this.elsewhere = new Elsewhere(self);
        this.begunMillis = nowMillis;
        this.noticedMillis = nowMillis + settings.notice().toMillis();
        this.outflow = new Outflow(settings.perSecond(), noticedMillis);
        this.lookedMillis = nowMillis - LOOK_MILLIS;
        registry.drain();
    }

    /** Sends away those whose turn has come. Returns whether this is done: no session is left, or the time is up. */
    public boolean step(long nowMillis) {
        if (registry.connections() == 0) {
            return true;
        }
        if (nowMillis - begunMillis >= settings.timeout().toMillis()) {
            closedAtOnce = registry.connections();
            registry.endAll(CloseCode.DRAINING);
            return true;
        }
        if (nowMillis >= noticedMillis) {
            look(nowMillis);
            outflow.pass(nowMillis);
            if (sentAway.isEmpty()) {
                // The first goes at once.
                outflow.atLeastOne();
            }
            while (!left.isEmpty() && outflow.take()) {
                sendAway(left.remove(left.size() - 1));
            }
            if (left.isEmpty()) {
                outflow.forget();
            }
        }
        return false;
    }

    /** How many sessions were closed because the time was up. */
    public int closedAtOnce() {
        return closedAtOnce;
    }

    private void look(long nowMillis) {
        if (nowMillis - lookedMillis < LOOK_MILLIS) {
            return;
        }
        lookedMillis = nowMillis;
        elsewhere.look(nodes.get());
        if (left.isEmpty()) {
            // Also those that were let in before the node began to refuse, and show up late.
            for (ClientSession session : registry.all()) {
                if (!sentAway.contains(session)) {
                    left.add(session);
                }
            }
            Collections.shuffle(left, random);
        }
    }

    private void sendAway(ClientSession session) {
        sentAway.add(session);
        session.sendAway(new ServerFrame.Reconnect("draining", settings.within(), elsewhere.next()));
    }
}
