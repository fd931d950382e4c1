package dev.carillon.transport.sockjs;

import dev.carillon.config.BusSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.protocol.CloseCode;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.Requests;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client on the plain addresses of the event bus, as far as the settings permit them. Verticles see what the stock
 * bridge would send them, and who sent it in the headers {@link Requests#USER_HEADER} and {@link Requests#SESSION_HEADER}, which no
 * client can set itself. Confined to the connection's event loop.
 */
final class BusLink {

    private static final String OWN_HEADERS = "carillon-";

    private final Vertx vertx;
    private final BusSettings bus;
    private final LimitSettings limits;
    private final SharedConsumers addresses;
    private final BridgeConnection out;
    private final Pace pace;
    private final AwaitedReplies awaited;
    private final Set<String> registered = new HashSet<>();
    private String userId = "";
    private String sessionId = "";
    private String tenant = "";
    private int requestsInFlight;

    BusLink(
            Vertx vertx,
            BusSettings bus,
            LimitSettings limits,
            SharedConsumers addresses,
            BridgeConnection out,
            LongSupplier nanoTime) {
        this.vertx = vertx;
        this.bus = bus;
        this.limits = limits;
        this.addresses = addresses;
        this.out = out;
        this.pace = new Pace(limits.messagesPerSecond(), nanoTime);
        this.awaited = new AwaitedReplies(
                limits.commandsInFlight(), limits.requestTimeout().toNanos(), nanoTime);
    }

    /** The client has said who it is. */
    void known(String userId, String sessionId, String tenant) {
        this.tenant = tenant;
        this.userId = userId;
        this.sessionId = sessionId;
    }

    /** Whether the client may send one more message that no session counts; if not, it has been answered. */
    boolean passes(String answerTo) {
        Pace.Verdict verdict = pace.next();
        if (verdict == Pace.Verdict.REFUSE) {
            out.post(BridgeWire.err(answerTo, ErrorCode.RATE_LIMITED));
        } else if (verdict == Pace.Verdict.END) {
            out.close(CloseCode.TOO_MANY_MESSAGES);
        }
        return verdict == Pace.Verdict.PASS;
    }

    /** A message of an authenticated client to an address that is no channel's. */
    void receive(BridgeMessage message) {
        if (!passes(message.answerTo())) {
            return;
        }
        switch (message.type()) {
            case REGISTER -> register(message.address());
            case UNREGISTER -> unregister(message.address());
            case PUBLISH -> publish(message);
            case SEND -> send(message);
            default -> throw new AssertionError(message.type());
        }
    }

    /** A message that was published. */
    void deliver(BusRecord record) {
        if (!record.isEmpty()) {
            out.post(record.json());
        }
    }

    /** A message for one, who may reply. */
    void deliver(Message<?> message, BusRecord record) {
        if (!record.isEmpty()) {
            awaited.add(message);
            out.post(record.json());
        }
    }

    void registrationFailed(String address) {
        if (registered.remove(address)) {
            out.post(BridgeWire.err(
                    address, ErrorCode.UNAVAILABLE.code(), "registration_failure", ErrorCode.UNAVAILABLE.phrase()));
        }
    }

    void close() {
        registered.forEach(address -> addresses.remove(address, this));
        registered.clear();
        awaited.clear();
    }

    private void register(String address) {
        if (!permits(bus.outbound(), address)) {
            out.post(BridgeWire.err(address, ErrorCode.PERMISSION_DENIED));
        } else if (registered.contains(address)) {
            out.post(BridgeWire.err(address, ErrorCode.ALREADY_SUBSCRIBED));
        } else if (registered.size() >= limits.subscriptionsPerConnection()) {
            out.post(BridgeWire.err(address, ErrorCode.LIMIT_EXCEEDED));
        } else if (registered.add(address)) {
            addresses.add(address, this);
        }
    }

    /** Plain addresses are everybody's: a tenant's client would reach other tenants' by them. It has requests, which say whose. */
    private boolean permits(List<String> patterns, String address) {
        return tenant.isEmpty() && BusSettings.permits(patterns, address);
    }

    private void unregister(String address) {
        if (registered.remove(address)) {
            addresses.remove(address, this);
        } else {
            out.post(BridgeWire.err(address, ErrorCode.NOT_SUBSCRIBED));
        }
    }

    private void publish(BridgeMessage message) {
        if (!permits(bus.inbound(), message.address())) {
            out.post(BridgeWire.err(message.address(), ErrorCode.PERMISSION_DENIED));
            return;
        }
        try {
            vertx.eventBus().publish(message.address(), body(message), options(message));
        } catch (IllegalArgumentException e) {
            refuseBody(message);
        }
    }

    private void send(BridgeMessage message) {
        Message<?> waiting = awaited.take(message.address());
        if (waiting == null
                && !permits(bus.inbound(), message.address())
                && !BusSettings.permits(bus.requests(), message.address())) {
            out.post(BridgeWire.err(message.answerTo(), ErrorCode.PERMISSION_DENIED));
            return;
        }
        try {
            if (message.replyAddress() == null) {
                sendOnly(message, waiting);
            } else if (requestsInFlight >= limits.commandsInFlight()) {
                out.post(BridgeWire.err(message.replyAddress(), ErrorCode.RATE_LIMITED));
            } else {
                request(message, waiting, message.replyAddress());
            }
        } catch (IllegalArgumentException e) {
            refuseBody(message);
        }
    }

    private void sendOnly(BridgeMessage message, @Nullable Message<?> waiting) {
        if (waiting != null) {
            waiting.reply(body(message), options(message));
        } else {
            vertx.eventBus().send(message.address(), body(message), options(message));
        }
    }

    private void request(BridgeMessage message, @Nullable Message<?> waiting, String replyAddress) {
        var reply = waiting != null
                ? waiting.replyAndRequest(body(message), options(message))
                : vertx.eventBus().request(message.address(), body(message), options(message));
        requestsInFlight++;
        reply.onComplete(answer -> {
            requestsInFlight--;
            answered(replyAddress, answer);
        });
    }

    private void answered(String replyAddress, AsyncResult<? extends Message<?>> answer) {
        if (answer.succeeded()) {
            Message<?> reply = answer.result();
            BusRecord record = BusRecord.of(replyAddress, reply);
            if (record.isEmpty()) {
                out.post(BridgeWire.err(replyAddress, ErrorCode.INTERNAL));
            } else {
                deliver(reply, record);
            }
        } else {
            out.post(failure(replyAddress, answer.cause()));
        }
    }

    // The stock bridge's failureType; its failureCode too where a verticle chose one, else the protocol's.
    private static byte[] failure(String replyAddress, Throwable cause) {
        if (!(cause instanceof ReplyException refused)) {
            return BridgeWire.err(replyAddress, ErrorCode.INTERNAL);
        }
        ReplyFailure kind = refused.failureType();
        if (kind == ReplyFailure.NO_HANDLERS) {
            return BridgeWire.err(
                    replyAddress, ErrorCode.NO_HANDLER.code(), kind.name(), ErrorCode.NO_HANDLER.phrase());
        }
        if (kind == ReplyFailure.TIMEOUT) {
            return BridgeWire.err(replyAddress, ErrorCode.TIMEOUT.code(), kind.name(), ErrorCode.TIMEOUT.phrase());
        }
        String message = refused.getMessage();
        return BridgeWire.err(replyAddress, refused.failureCode(), kind.name(), message == null ? "" : message);
    }

    // The bus has no codec for a number too large for a long.
    private void refuseBody(BridgeMessage message) {
        out.post(BridgeWire.err(message.answerTo(), ErrorCode.BAD_REQUEST));
    }

    private static @Nullable Object body(BridgeMessage message) {
        return Json.decodeValue(Buffer.buffer(message.body()));
    }

    private DeliveryOptions options(BridgeMessage message) {
        DeliveryOptions options =
                new DeliveryOptions().setSendTimeout(limits.requestTimeout().toMillis());
        message.headers().forEach((name, value) -> {
            if (!name.toLowerCase(Locale.ROOT).startsWith(OWN_HEADERS)) {
                options.addHeader(name, value);
            }
        });
        if (!tenant.isEmpty()) {
            options.addHeader(Requests.TENANT_HEADER, tenant);
        }
        return options.addHeader(Requests.USER_HEADER, userId).addHeader(Requests.SESSION_HEADER, sessionId);
    }
}
