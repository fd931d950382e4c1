package dev.carillon.transport.sockjs;

import dev.carillon.channel.Payload;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.protocol.TraceContext;
import dev.carillon.session.Session;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one bridge client says and is told: its messages become commands of its session, or go to the event bus, and
 * the session's answers become what the published client understands. Confined to the connection's event loop.
 */
final class BridgeDialogue {
    private enum State {
        /** No token yet. */
        STRANGER,
        /** The session looks at a token; messages wait, so that their order is kept. */
        ASKED,
        KNOWN
    }

    /** A command that the session has not answered. */
    private record Command(BridgeMessage message, boolean recovering) {}

    private static final String NOT_LOGGED_IN = "not_logged_in";
    private static final String POSITION_LOST = "position_lost";

    private final BridgeConnection out;
    private final BusLink bus;
    private final BridgeAddresses channels;
    private final LimitSettings limits;
    private final Map<Long, Command> unanswered = new HashMap<>();
    private final Queue<BridgeMessage> held = new ArrayDeque<>();
    private final Set<String> registered = new HashSet<>();
    private @Nullable Session session;
    private State state = State.STRANGER;
    private String lastToken = "";
    private boolean askedOutright;
    private boolean pings;
    private int heldBytes;
    private long lastId;

    BridgeDialogue(BridgeConnection out, BusLink bus, BridgeAddresses channels, LimitSettings limits) {
        this.out = out;
        this.bus = bus;
        this.channels = channels;
        this.limits = limits;
    }

    /** @param token from the handshake; null for none */
    void begin(Session session, @Nullable String token) {
        this.session = session;
        if (token != null && !token.isEmpty() && !out.isClosing()) {
            authenticate(token);
        }
    }

    /** One message from the socket. */
    void received(byte[] text) {
        Session session = this.session;
        if (session == null) {
            return;
        }
        session.read(text.length);
        if (out.isClosing()) {
            return;
        }
        if (text.length > limits.maxMessageBytes()) {
            out.close(CloseCode.TOO_BIG);
            return;
        }
        try {
            handle(session, BridgeMessage.parse(text));
        } catch (ProtocolException refused) {
            session.refused(refused);
        }
    }

    /** The socket is gone; again it does nothing. */
    void closed() {
        Session ended = session;
        session = null;
        held.clear();
        heldBytes = 0;
        unanswered.clear();
        bus.close();
        if (ended != null) {
            ended.closed();
        }
    }

    private void handle(Session session, BridgeMessage message) {
        if (message.type() == BridgeMessage.Type.PING) {
            ping();
        } else if (state == State.ASKED) {
            hold(message);
        } else {
            askedOutright = message.type() == BridgeMessage.Type.AUTH;
            String token = message.token();
            if (state == State.STRANGER && token != null) {
                held.add(message);
                heldBytes += message.size();
                authenticate(token);
            } else if (state == State.STRANGER) {
                stranger(message);
            } else {
                refreshIfNew(session, token);
                perform(session, message);
            }
        }
    }

    // A pong would be an unknown message to the published client, every five seconds; SockJS has its own heartbeat.
    private void ping() {
        pings = true;
        if (bus.passes("") && out.isRaw()) {
            out.post(BridgeWire.PONG);
        }
    }

    private void stranger(BridgeMessage message) {
        if (bus.passes(message.answerTo())) {
            out.post(BridgeWire.err(
                    message.answerTo(), ErrorCode.PERMISSION_DENIED.code(), NOT_LOGGED_IN, "not logged in"));
        }
    }

    private void hold(BridgeMessage message) {
        if (held.size() >= limits.commandsInFlight() || heldBytes + message.size() > limits.maxQueuedBytes()) {
            out.post(BridgeWire.err(message.answerTo(), ErrorCode.RATE_LIMITED));
        } else {
            held.add(message);
            heldBytes += message.size();
        }
    }

    private void authenticate(String token) {
        Session asked = session;
        if (asked != null) {
            state = State.ASKED;
            lastToken = token;
            asked.receive(new ClientFrame.Auth(++lastId, token, List.of(), "", ""));
        }
    }

    // The published client sends its headers with every message: a new token there is a refreshed one.
    private void refreshIfNew(Session session, @Nullable String token) {
        if (token != null && !token.equals(lastToken)) {
            lastToken = token;
            session.receive(new ClientFrame.Refresh(++lastId, token));
        }
    }

    private void perform(Session session, BridgeMessage message) {
        if (message.type() == BridgeMessage.Type.AUTH) {
            return;
        }
        if (!channels.isChannel(message.address())) {
            bus.receive(message);
        } else if (unanswered.size() >= limits.commandsInFlight()) {
            out.post(BridgeWire.err(message.answerTo(), ErrorCode.RATE_LIMITED));
        } else {
            command(session, message);
        }
    }

    private void command(Session session, BridgeMessage message) {
        long id = ++lastId;
        ClientFrame frame;
        try {
            frame = frame(id, message);
        } catch (ProtocolException refused) {
            if (bus.passes(message.answerTo())) {
                out.post(BridgeWire.err(message.answerTo(), refused));
            }
            return;
        }
        unanswered.put(id, new Command(message, frame instanceof ClientFrame.Subscribe it && it.since() != null));
        session.receive(frame);
    }

    private static ClientFrame frame(long id, BridgeMessage message) {
        String channel = message.address();
        return switch (message.type()) {
            case REGISTER ->
                new ClientFrame.Subscribe(
                        id,
                        channel,
                        BridgeAddresses.position(message),
                        message.headers().get("channel_token"));
            case UNREGISTER -> new ClientFrame.Unsubscribe(id, channel);
            case PUBLISH, SEND ->
                new ClientFrame.Publish(
                        id,
                        channel,
                        Payload.json(message.body()),
                        BridgeAddresses.key(message),
                        TraceContext.wellFormed(message.headers().get(TraceContext.NAME)));
            default -> throw new AssertionError(message.type());
        };
    }

    /** What the session tells this client. */
    void answer(ServerFrame frame) {
        if (frame instanceof ServerFrame.Acknowledged acknowledged) {
            acknowledged(acknowledged);
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            subscribed(subscribed);
        } else if (frame instanceof ServerFrame.Unsubscribed unsubscribed) {
            unsubscribed(unsubscribed);
        } else if (frame instanceof ServerFrame.Error error) {
            failed(error);
        } else if (frame instanceof ServerFrame.AuthSuccess success) {
            authenticated(success);
        } else if (frame instanceof ServerFrame.AuthError error) {
            notAuthenticated(error);
        } else if (frame instanceof ServerFrame.Ping) {
            pinged();
        } else if (frame instanceof ServerFrame.Reconnect reconnect) {
            out.post(BridgeWire.event("reconnect", JsonFrames.encode(reconnect)));
        }
        // The rest answers commands that this form of the protocol does not have: refreshed, pong, history, presence.
    }

    private void acknowledged(ServerFrame.Acknowledged acknowledged) {
        Command command = unanswered.remove(acknowledged.id());
        String replyAddress = command == null ? null : command.message().replyAddress();
        if (replyAddress != null) {
            out.post(BridgeWire.ack(replyAddress, acknowledged.ack()));
        }
    }

    private void subscribed(ServerFrame.Subscribed subscribed) {
        Command command = unanswered.remove(subscribed.id());
        if (command != null) {
            registered.add(subscribed.channel());
            if (command.recovering() && !subscribed.recovered()) {
                notRecovered(subscribed.channel());
            }
        }
        out.recover(subscribed.messages().stream().map(BridgeWire.FORM::encode).toList());
    }

    private void notRecovered(String address) {
        out.post(BridgeWire.err(
                address,
                CloseCode.POSITION_LOST.code(),
                POSITION_LOST,
                "what came after the position is no longer held"));
    }

    private void unsubscribed(ServerFrame.Unsubscribed unsubscribed) {
        registered.remove(unsubscribed.channel());
        if (unanswered.remove(unsubscribed.id()) == null) {
            out.post(
                    BridgeWire.err(unsubscribed.channel(), unsubscribed.code(), "unsubscribed", unsubscribed.reason()));
        }
    }

    private void failed(ServerFrame.Error error) {
        Command command = unanswered.remove(error.id());
        if (command == null) {
            out.post(BridgeWire.err(error.channel(), error.code(), BridgeWire.typeOf(error.code()), error.error()));
            return;
        }
        BridgeMessage message = command.message();
        boolean alreadyThere = error.code() == ErrorCode.ALREADY_SUBSCRIBED.code()
                && message.type() == BridgeMessage.Type.REGISTER
                && registered.add(message.address());
        if (!alreadyThere) {
            out.post(BridgeWire.err(message.answerTo(), error.code(), BridgeWire.typeOf(error.code()), error.error()));
        } else if (command.recovering()) {
            // The server had subscribed this client, from then on: its channel of the user, for example.
            notRecovered(message.address());
        }
    }

    private void authenticated(ServerFrame.AuthSuccess success) {
        state = State.KNOWN;
        bus.known(success.userId(), success.sessionId(), session == null ? "" : session.tenant());
        if (askedOutright) {
            out.post(BridgeWire.event("auth_success", JsonFrames.encode(success)));
        }
        for (ServerFrame.Subscribed subscribed : success.subscriptions()) {
            subscribed(subscribed);
        }
        BridgeMessage message;
        while (session != null && state == State.KNOWN && (message = held.poll()) != null) {
            heldBytes -= message.size();
            refreshIfNew(session, message.token());
            perform(session, message);
        }
    }

    // The session closes the socket after this.
    private void notAuthenticated(ServerFrame.AuthError error) {
        state = State.STRANGER;
        String type = BridgeWire.typeOf(error.code());
        if (held.isEmpty()) {
            out.post(BridgeWire.err("", error.code().code(), type, error.error()));
        }
        BridgeMessage message;
        while ((message = held.poll()) != null) {
            out.post(BridgeWire.err(message.answerTo(), error.code().code(), type, error.error()));
        }
        heldBytes = 0;
    }

    // A client that pings is asked nothing; one that never did cannot answer, and lives as long as its socket takes
    // bytes.
    private void pinged() {
        if (!pings) {
            out.whenTaken(this::taken);
        }
    }

    /** The socket took what was written to it. */
    void taken() {
        Session living = session;
        if (living != null && !pings) {
            living.alive();
        }
    }
}
