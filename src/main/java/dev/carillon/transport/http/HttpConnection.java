package dev.carillon.transport.http;

import dev.carillon.channel.Turn;
import dev.carillon.channel.WireForm;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ServerFrame;
import dev.carillon.protocol.Utf8;
import dev.carillon.session.BoundedConnection;
import dev.carillon.session.Session;
import dev.carillon.session.SlowConsumers;
import dev.carillon.transport.EventText;
import dev.carillon.transport.JsonMessages;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client whose frames go down in responses that do not end, one after the other, and come up in requests. Between two
 * responses it has a short time; what was lost with the first is written to the second. Confined to the event loop that
 * its session began on.
 */
final class HttpConnection extends BoundedConnection {
    /** Proxies take a connection without a byte for half a minute as dead. */
    private static final long HEARTBEAT_MILLIS = 15_000;

    private static final int RETAINED_BYTES = 64 * 1024;
    private static final int MAX_CLOSE_CODE = 4999;

    private final String id;
    private final Context home;
    private final int maxUnderWayBytes;
    private final int maxMessageBytes;
    private final Duration resumeWithin;
    private final Runnable forget;
    private final Sent sent = new Sent(RETAINED_BYTES);
    private final long heartbeat;
    private long absence;
    private @Nullable Session session;
    private @Nullable Carrier carrier;
    private Buffer queue = Buffer.buffer();
    private ClientFrame.@Nullable BinaryAhead ahead;
    private long received;
    private boolean over;

    /**
     * @param id what further requests name the session by; whoever knows it has the session
     * @param home the context of this call
     * @param resumeWithin how long the session lives on without a response
     * @param forget called when the session is over
     */
    HttpConnection(
            String id, Context home, int maxMessageBytes, Duration resumeWithin, SlowConsumers slow, Runnable forget) {
        super(slow);
        this.id = id;
        this.home = home;
        this.maxUnderWayBytes = slow.maxUnderWayBytes();
        this.maxMessageBytes = maxMessageBytes;
        this.resumeWithin = resumeWithin;
        this.forget = forget;
        heartbeat = home.owner().setPeriodic(HEARTBEAT_MILLIS, timer -> beat());
    }

    Context home() {
        return home;
    }

    /** @param publicUrl where further requests reach this very node; empty if any address does */
    void begin(Session opened, Carrier first, String publicUrl) {
        session = opened;
        JsonObject told = new JsonObject().put("session", id).put("resume_within_ms", resumeWithin.toMillis());
        if (!publicUrl.isEmpty()) {
            told.put("url", publicUrl);
        }
        queue = Buffer.buffer(HttpWire.open(told)).appendBuffer(queue);
        carry(first);
        flush();
    }

    /**
     * Goes on in another response.
     *
     * @param frames that the client has of this session
     * @return false if the session is over, or is now because what the client lacks is not kept
     */
    boolean resume(Carrier next, long frames) {
        List<byte[]> lost = over ? null : sent.after(frames);
        if (lost == null) {
            gone();
            return false;
        }
        Carrier last = carrier;
        if (last != null) {
            last.end(Buffer.buffer());
        }
        home.owner().cancelTimer(absence);
        queue = Buffer.buffer();
        lost.forEach(queue::appendBytes);
        session().alive();
        carry(next);
        flush();
        drainSoon();
        return true;
    }

    /**
     * Takes messages of the client's.
     *
     * @param first the number of the first one; messages are counted from 1, and those that were taken before are passed
     *     over
     * @param lines a text each, or bytes as a JSON string of base64
     * @return the status to answer with
     */
    int receive(long first, byte[] lines) {
        if (over) {
            return 404;
        }
        if (first > received + 1) {
            return 409;
        }
        session().alive();
        if (!Utf8.isText(lines)) {
            close(CloseCode.INVALID_DATA);
            return 204;
        }
        long number = first;
        int start = 0;
        while (start < lines.length && !over) {
            int end = start;
            while (end < lines.length && lines[end] != '\n') {
                end++;
            }
            if (number > received) {
                received = number;
                line(Arrays.copyOfRange(lines, start, end));
            }
            number++;
            start = end + 1;
        }
        return 204;
    }

    /** The client says goodbye. */
    void leave(int code) {
        if (!over) {
            closesWith(code >= 1000 && code <= MAX_CLOSE_CODE ? code : CloseCode.NORMAL.code());
            over = true;
            Carrier last = carrier;
            carrier = null;
            if (last != null) {
                last.end(queue);
            }
            gone();
        }
    }

    @Override
    public String transport() {
        return "http";
    }

    @Override
    public boolean movesByItself() {
        return true;
    }

    @Override
    public WireForm form() {
        return HttpWire.FORM;
    }

    @Override
    protected boolean isOpen() {
        return !over;
    }

    @Override
    protected boolean takes() {
        Carrier now = carrier;
        return !over && now != null && now.underWay() + queue.length() < maxUnderWayBytes;
    }

    @Override
    protected void put(Turn turn) {
        turn.frames().forEach(this::enqueue);
    }

    @Override
    protected void put(List<byte[]> frames) {
        frames.forEach(this::enqueue);
        flush();
    }

    @Override
    protected void later(Runnable task) {
        home.runOnContext(now -> task.run());
    }

    @Override
    public void flush() {
        Carrier now = carrier;
        if (now != null && !over && queue.length() > 0) {
            Buffer events = queue;
            queue = Buffer.buffer();
            now.write(events, written -> drainSoon());
        }
    }

    @Override
    public void send(ServerFrame frame) {
        byte[] event = HttpWire.frame(frame);
        if (takesAlone()) {
            enqueue(event);
            flush();
        } else {
            await(event);
        }
    }

    @Override
    public void close(CloseCode code) {
        if (over) {
            return;
        }
        closesWith(code.code());
        over = true;
        forgetBacklog();
        Carrier last = carrier;
        carrier = null;
        if (last != null) {
            last.end(queue.appendBytes(HttpWire.close(code)));
        }
        // The session, or whoever writes to all subscribers, is in the middle of this.
        later(this::gone);
    }

    @Override
    protected void endTooSlow() {
        close(CloseCode.TOO_SLOW);
    }

    private void line(byte[] line) {
        boolean isText = line.length == 0 || line[0] != '"';
        byte[] message = isText ? line : bytes(line);
        session().read(line.length);
        if (over) {
            return;
        }
        if (message == null) {
            close(CloseCode.INVALID_DATA);
        } else if (message.length > maxMessageBytes) {
            close(CloseCode.TOO_BIG);
        } else {
            ahead = JsonMessages.receive(this, session(), ahead, isText, message);
        }
    }

    private static byte @Nullable [] bytes(byte[] line) {
        int end = line.length - 1;
        try {
            return end < 1 || line[end] != '"' ? null : Base64.getDecoder().decode(Arrays.copyOfRange(line, 1, end));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void enqueue(byte[] event) {
        sent.add(event);
        queue.appendBytes(event);
    }

    private void carry(Carrier next) {
        carrier = next;
        next.onEnd(() -> ended(next));
    }

    private void ended(Carrier which) {
        if (carrier != which) {
            return;
        }
        carrier = null;
        if (session().isAuthenticated()) {
            absence = home.owner().setTimer(resumeWithin.toMillis(), timer -> gone());
        } else {
            gone();
        }
    }

    private void beat() {
        Carrier now = carrier;
        if (now != null && now.wasIdle()) {
            now.write(Buffer.buffer(EventText.HEARTBEAT), written -> {});
        }
    }

    private Session session() {
        Session opened = session;
        if (opened == null) {
            throw new IllegalStateException("no session yet");
        }
        return opened;
    }

    private void gone() {
        over = true;
        forgetBacklog();
        home.owner().cancelTimer(heartbeat);
        home.owner().cancelTimer(absence);
        Carrier last = carrier;
        carrier = null;
        if (last != null) {
            last.end(Buffer.buffer());
        }
        forget.run();
        session().closed();
    }
}
