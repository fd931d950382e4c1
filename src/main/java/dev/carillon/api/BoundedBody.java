package dev.carillon.api;

import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, up to a bound and whatever its type says. The body handler of Vert.x Web would read a form out of
 * what {@code curl -d} sends, and fail where it is none.
 */
final class BoundedBody {
    private final int maxBytes;
    private final Buffer received = Buffer.buffer();
    private final Promise<byte[]> read = Promise.promise();

    private BoundedBody(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Reads and resumes the request; fails with {@link ProtocolException} if the body is too large. */
    static Future<byte[]> read(HttpServerRequest request, int maxBytes) {
        BoundedBody body = new BoundedBody(maxBytes);
        if (declaredBytes(request.getHeader(HttpHeaders.CONTENT_LENGTH)) > maxBytes) {
            HttpServerRequest unused = request.resume();
            return Future.failedFuture(tooLarge());
        }
        request.handler(body::receive)
                .endHandler(end -> body.read.tryComplete(body.received.getBytes()))
                .exceptionHandler(gone -> body.read.tryFail(ProtocolException.field("body", 0, "must be whole")));
        if (HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(text(request.getHeader(HttpHeaders.EXPECT)))) {
            Future<Void> unused = request.response().writeContinue();
        }
        HttpServerRequest unused = request.resume();
        return body.read.future();
    }

    private void receive(Buffer chunk) {
        if (received.length() + chunk.length() > maxBytes) {
            boolean unused = read.tryFail(tooLarge());
        } else {
            Buffer unused = received.appendBuffer(chunk);
        }
    }

    private static long declaredBytes(@Nullable String contentLength) {
        try {
            return contentLength == null ? 0 : Long.parseLong(contentLength);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String text(@Nullable String header) {
        return header == null ? "" : header;
    }

    private static ProtocolException tooLarge() {
        return new ProtocolException(ErrorCode.TOO_LARGE, 0, "body is too large");
    }
}
