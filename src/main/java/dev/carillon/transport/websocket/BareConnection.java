package dev.carillon.transport.websocket;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.session.Session;
import dev.carillon.session.SlowConsumers;
import io.netty.channel.Channel;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One channel per socket, without envelopes: what comes in is published on it, what goes out is data. The token comes
 * with the handshake, or in a first {@code auth} frame.
 */
final class BareConnection extends WebSocketConnection {
    /** Messages of a client that did not wait until it was let in. */
    private static final int MAX_EARLY = 16;

    private static final byte[] NO_BYTES = {};

    private final ChannelName name;
    private final ContextInternal context;
    private boolean announced;
    private boolean admitted;
    private @Nullable Queue<byte[]> early;

    BareConnection(Channel channel, SlowConsumers slow, WireForm form, ChannelName name, ContextInternal context) {
        super(channel, slow, form);
        this.name = name;
        this.context = context;
    }

    @Override
    public String transport() {
        return BARE;
    }

    /** @param token null if the client sends it in a first frame */
    void open(Session opened, @Nullable String token) {
        open(opened);
        if (token != null) {
            authenticate(token, "", "");
        }
    }

    @Override
    public void send(ServerFrame frame) {
        if (!isOpen()) {
            return;
        }
        if (frame instanceof ServerFrame.AuthSuccess success) {
            authenticated(success);
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            publications(subscribed.channel(), subscribed.messages());
        } else if (frame instanceof ServerFrame.Unsubscribed unsubscribed) {
            unsubscribed(unsubscribed);
        } else if (frame instanceof ServerFrame.Error error) {
            if (admitted || !error.channel().equals(name.value())) {
                writeFrame(WebSocketFrames.TEXT, JsonFrames.encode(error));
            } else {
                refuse(error);
            }
        } else if (frame instanceof ServerFrame.Pong) {
            writeFrame(WebSocketFrames.TEXT, JsonFrames.encode(frame));
        } else if (frame instanceof ServerFrame.Ping) {
            // Such clients know no ping of ours, but every WebSocket answers its own.
            writeFrame(WebSocketFrames.PING, NO_BYTES);
        }
        // Everything else has no bare form.
    }

    @Override
    protected void message(boolean isText, byte[] message) {
        if (!isText) {
            close(CloseCode.UNSUPPORTED_DATA);
        } else if (!announced) {
            first(message);
        } else if (!admitted) {
            early(message);
        } else {
            text(message);
        }
    }

    private void first(byte[] message) {
        try {
            ClientFrame frame = JsonFrames.decode(message);
            if (frame instanceof ClientFrame.Auth auth) {
                authenticate(auth.token(), auth.clientName(), auth.clientVersion());
            } else {
                session().receive(frame);
            }
        } catch (ProtocolException e) {
            refused(e);
        }
    }

    private void authenticate(String token, String clientName, String clientVersion) {
        announced = true;
        ClientFrame.Subscribe subscribe = new ClientFrame.Subscribe(0, name.value(), null, null);
        session().receive(new ClientFrame.Auth(0, token, List.of(subscribe), clientName, clientVersion));
    }

    private void early(byte[] message) {
        Queue<byte[]> waiting = early;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            early = waiting;
        }
        if (waiting.size() == MAX_EARLY) {
            close(CloseCode.TOO_MANY_MESSAGES);
        } else {
            waiting.add(message);
            session().alive();
        }
    }

    private void text(byte[] message) {
        try {
            String type = JsonFrames.typeOf(message);
            if (type.equals("ping")) {
                session().receive(new ClientFrame.Ping(0));
            } else if (type.equals("pong")) {
                session().receive(new ClientFrame.Pong(0));
            } else {
                session().receive(new ClientFrame.Publish(0, name.value(), Payload.json(message), null, null));
            }
        } catch (ProtocolException e) {
            refused(e);
        }
    }

    private void authenticated(ServerFrame.AuthSuccess success) {
        for (ServerFrame.Error error : success.refused()) {
            if (error.channel().equals(name.value())) {
                refuse(error);
                return;
            }
        }
        for (ServerFrame.Subscribed subscribed : success.subscriptions()) {
            publications(subscribed.channel(), subscribed.messages());
        }
        // The session is in the midst of its own step.
        context.nettyEventLoop().execute(() -> context.dispatch(this::admit));
    }

    private void admit() {
        admitted = true;
        Queue<byte[]> waiting = early;
        early = null;
        if (waiting != null) {
            for (byte[] message : waiting) {
                if (isOpen()) {
                    text(message);
                }
            }
        }
    }

    private void refuse(ServerFrame.Error error) {
        close(error.temporary() ? CloseCode.TRY_AGAIN_LATER : CloseCode.FORBIDDEN);
    }

    private void unsubscribed(ServerFrame.Unsubscribed unsubscribed) {
        if (unsubscribed.channel().equals(name.value())) {
            close(CloseCode.FORBIDDEN);
        }
    }

    private void publications(String channel, List<Publication> publications) {
        if (channel.equals(name.value())) {
            for (Publication publication : publications) {
                writeEncoded(BareWire.FORM.encode(publication));
            }
        }
    }
}
