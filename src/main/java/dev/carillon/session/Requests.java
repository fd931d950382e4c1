package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.TraceContext;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's request to a verticle. The address has been permitted already. Futures complete on the caller's context
 * and fail with {@link RequestFailure}.
 */
public interface Requests {
    /** The event-bus headers that tell a verticle who asks; no client can set one that begins with {@code carillon-}. */
    String USER_HEADER = "carillon-user";

    String SESSION_HEADER = "carillon-session";

    /** Of a publish: its channel, its key if it has one, and if it is of bytes the JSON value beside them. */
    String CHANNEL_HEADER = "carillon-channel";

    String KEY_HEADER = "carillon-key";

    String META_HEADER = "carillon-meta";

    /** The W3C Trace Context that the client gave; not there if it gave none. */
    String TRACE_HEADER = TraceContext.NAME;

    /** The tenant of the user; not there if it has none. */
    String TENANT_HEADER = "carillon-tenant";

    /** @param traceparent as W3C Trace Context writes it; null for none */
    Future<Payload> request(
            Identity who,
            String sessionId,
            String address,
            Payload data,
            Duration timeout,
            @Nullable String traceparent);

    /** Why no reply came. */
    final class RequestFailure extends RuntimeException {
        private final int code;

        /** @param code an {@link dev.carillon.protocol.ErrorCode}'s, or the verticle's own of 300 to 1999 */
        public RequestFailure(int code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        public int code() {
            return code;
        }
    }
}
