package dev.carillon.ops;

import dev.carillon.auth.Identity;
import dev.carillon.channel.Ack;
import dev.carillon.channel.ChannelEvent;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.PublisherListener;
import dev.carillon.channel.Tenant;
import dev.carillon.channel.Turn;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.OperatorChannel;
import dev.carillon.session.SessionRegistry;
import dev.carillon.session.Tracing;
import dev.carillon.session.Watched;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happens on this node to users and on channels that somebody in the cluster traces: on {@code $trace:…} without
 * data, on {@code $payloads:…} with it. While nobody listens nothing is looked at. Safe on any thread.
 */
public final class Tracer implements Tracing, PublisherListener {
    private final Watched watched;
    private final SessionRegistry sessions;
    private final Function<String, Trace> begin;
    private final String node;
    private Set<ChannelName> watchedBefore = Set.of();
    private volatile Map<String, Trace> users = Map.of();
    private volatile Map<String, Trace> channels = Map.of();

    /** @param writer runs one after the other, on no event loop of sessions */
    public Tracer(String node, Watched watched, SessionRegistry sessions, Executor writer) {
        this.watched = watched;
        this.sessions = sessions;
        this.node = node;
        begin = of -> new Trace(of, node, watched, writer, System::currentTimeMillis);
        watched.onChange(this::look);
    }

    private synchronized void look() {
        Set<ChannelName> now = watched.now();
        Map<String, Trace> wantedUsers = new HashMap<>();
        Map<String, Trace> wantedChannels = new HashMap<>();
        for (ChannelName channel : now) {
            if (!OperatorChannel.isTrace(channel)) {
                continue;
            }
            String of = channel.rest();
            if (of.startsWith(OperatorChannel.USER)) {
                keepOrBegin(of, of.substring(OperatorChannel.USER.length()), users, wantedUsers);
            } else {
                keepOrBegin(of, of.substring(OperatorChannel.CHANNEL.length()), channels, wantedChannels);
            }
        }
        Set<String> changed = new HashSet<>(users.keySet());
        changed.addAll(wantedUsers.keySet());
        changed.removeIf(user -> users.containsKey(user) && wantedUsers.containsKey(user));
        users = Map.copyOf(wantedUsers);
        channels = Map.copyOf(wantedChannels);
        sessions.lookOnAgain(changed);
        now.stream()
                .filter(channel -> OperatorChannel.isTrace(channel) && !watchedBefore.contains(channel))
                .forEach(this::tellBegun);
        watchedBefore = now;
    }

    /** From here on nothing on this node is missed. */
    private void tellBegun(ChannelName channel) {
        JsonObject told = new JsonObject().put("at", System.currentTimeMillis()).put("node", node);
        watched.publish(channel, Payload.json(told.put("event", "tracing").encode()));
    }

    private void keepOrBegin(String of, String name, Map<String, Trace> now, Map<String, Trace> wanted) {
        Trace known = now.get(name);
        wanted.put(name, known == null ? begin.apply(of) : known);
    }

    @Override
    public @Nullable Tap tap(String userId, String sessionId) {
        Trace trace = users.get(userId);
        return trace == null ? null : new SessionTap(trace, sessionId);
    }

    @Override
    public void joined(ChannelName channel, String userId, String sessionId) {
        onChannel("joined", channel.key(), frames -> whose(userId, sessionId));
    }

    @Override
    public void left(ChannelName channel, String userId, String sessionId) {
        onChannel("left", channel.key(), frames -> whose(userId, sessionId));
    }

    @Override
    public void refused(ServerFrame.Error error, Identity who, String sessionId) {
        onChannel(
                "refused",
                Tenant.key(who.tenant(), error.channel()),
                frames -> whose(who.userId(), sessionId).put("frame", frames.of(error)));
    }

    @Override
    public void accepted(ChannelName channel, Draft draft, Ack ack) {
        onChannel("published", channel.key(), frames -> {
            JsonObject told = new JsonObject();
            TracedFrame.put(told, "user_id", draft.userId());
            frames.position(told, ack.position());
            frames.data(told, draft.data());
            return told.put("duplicate", ack.duplicate());
        });
    }

    private void onChannel(String event, String channel, Trace.Words words) {
        Map<String, Trace> traced = channels;
        if (!traced.isEmpty()) {
            Trace trace = traced.get(channel);
            if (trace != null) {
                trace.tell(event, words);
            }
        }
    }

    private static JsonObject whose(String userId, String sessionId) {
        return new JsonObject().put("user_id", userId).put("session_id", sessionId);
    }

    private static final class SessionTap implements Tap {
        private final Trace trace;
        private final String sessionId;

        SessionTap(Trace trace, String sessionId) {
            this.trace = trace;
            this.sessionId = sessionId;
            trace.tell("session", frames -> session());
        }

        private JsonObject session() {
            return new JsonObject().put("session_id", sessionId);
        }

        @Override
        public void in(ClientFrame frame) {
            trace.tell("in", frames -> session().put("frame", frames.of(frame)));
        }

        @Override
        public void out(ServerFrame frame) {
            trace.tell("out", frames -> session().put("frame", frames.of(frame)));
        }

        /** What is told to operators is not told again: an operator who traces itself would never see the end of it. */
        @Override
        public void out(Turn turn) {
            if (turn.channel().isReserved()) {
                return;
            }
            for (int i = 0; i < turn.frames().size(); i++) {
                ChannelEvent event = turn.event(i).event();
                trace.tell("out", frames -> session().put("frame", frames.of(event)));
            }
        }

        @Override
        public void closed(int code) {
            trace.tell("closed", frames -> session().put("code", code));
        }
    }
}
