package dev.carillon.api;

import dev.carillon.auth.AuthException;
import dev.carillon.channel.OverloadedException;
import dev.carillon.channel.UnavailableException;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.Map;

/** What a caller is told instead of an answer. The message names fields and never quotes values. */
final class Refusal extends RuntimeException {
    private static final CharSequence RETRY_AFTER_SECONDS = "1";

    private final int status;
    private final ErrorCode code;
    private final Map<CharSequence, CharSequence> headers;

    Refusal(int status, ErrorCode code, String message, Map<CharSequence, CharSequence> headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.headers = headers;
    }

    Refusal(HttpResponseStatus status, ErrorCode code, String message) {
        this(status.code(), code, message, Map.of());
    }

    /** No credentials, or none that are believed. */
    static Refusal unauthenticated(String message, String challenge) {
        return new Refusal(
                401, ErrorCode.PERMISSION_DENIED, message, Map.of(HttpHeaderNames.WWW_AUTHENTICATE, challenge));
    }

    /** What a failure looks like from outside; one that is not foreseen is an internal error. */
    static Refusal of(Throwable cause) {
        if (cause instanceof Refusal refusal) {
            return refusal;
        }
        if (cause instanceof ProtocolException refused) {
            return of(refused.code(), String.valueOf(refused.getMessage()));
        }
        if (cause instanceof OverloadedException overloaded) {
            return overloaded(overloaded.retryAfter());
        }
        if (cause instanceof UnavailableException) {
            return of(ErrorCode.UNAVAILABLE, ErrorCode.UNAVAILABLE.phrase());
        }
        if (cause instanceof AuthException refused) {
            return refused.kind() == AuthException.Kind.BUSY
                    ? of(ErrorCode.UNAVAILABLE, String.valueOf(refused.getMessage()))
                    : unauthenticated(
                            String.valueOf(refused.getMessage()), "Bearer realm=\"carillon\", error=\"invalid_token\"");
        }
        return of(ErrorCode.INTERNAL, ErrorCode.INTERNAL.phrase());
    }

    /** What the router or its body handler refused by itself. */
    static Refusal ofStatus(int status) {
        return switch (status) {
            case 404 -> new Refusal(HttpResponseStatus.NOT_FOUND, ErrorCode.UNKNOWN_TYPE, "no such path");
            case 413 -> of(ErrorCode.TOO_LARGE, "body is too large");
            default ->
                status < 500
                        ? new Refusal(status, ErrorCode.BAD_REQUEST, ErrorCode.BAD_REQUEST.phrase(), Map.of())
                        : of(ErrorCode.INTERNAL, ErrorCode.INTERNAL.phrase());
        };
    }

    /** Whole seconds are all that the header can say. */
    private static Refusal overloaded(Duration retryAfter) {
        return new Refusal(
                status(ErrorCode.RATE_LIMITED),
                ErrorCode.RATE_LIMITED,
                ErrorCode.RATE_LIMITED.phrase(),
                Map.of(
                        HttpHeaderNames.RETRY_AFTER,
                        Long.toString(Math.max(1, retryAfter.plusMillis(999).toSeconds()))));
    }

    private static Refusal of(ErrorCode code, String message) {
        return new Refusal(
                status(code),
                code,
                message,
                code == ErrorCode.UNAVAILABLE || code == ErrorCode.RATE_LIMITED
                        ? Map.of(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS)
                        : Map.of());
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case INTERNAL -> 500;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case RATE_LIMITED -> 429;
            case BAD_REQUEST, LIMIT_EXCEEDED -> 400;
            case UNKNOWN_TYPE, UNKNOWN_NAMESPACE, NO_HANDLER -> 404;
            case PERMISSION_DENIED -> 403;
            case ALREADY_SUBSCRIBED, NOT_SUBSCRIBED -> 409;
            case SCHEMA_REFUSED -> 422;
            case TOO_LARGE -> 413;
        };
    }

    int status() {
        return status;
    }

    Map<CharSequence, CharSequence> headers() {
        return headers;
    }

    /** For the audit log. */
    String audited() {
        return "refused:" + code.code();
    }

    Answer.Problem problem() {
        return new Answer.Problem(code.code(), String.valueOf(getMessage()), code.temporary());
    }
}
