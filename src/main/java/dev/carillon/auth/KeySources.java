package dev.carillon.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where key documents are read from: files and URLs. Safe on any thread; futures fail with a reason in words. */
final class KeySources {
    static final int MAX_BYTES = 512 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(KeySources.class);
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_SECONDS = 10;

    private final Vertx vertx;
    private final HttpClient http;

    KeySources(Vertx vertx) {
        this.vertx = vertx;
        http = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS).setKeepAlive(false),
                new PoolOptions().setHttp1MaxSize(1).setMaxWaitQueueSize(KeyDocument.MAX_KEYS));
    }

    static boolean isUrl(String source) {
        return source.startsWith("https://") || source.startsWith("http://");
    }

    Future<String> text(String source) {
        Future<Buffer> content = isUrl(source) ? fetch(source) : readFile(source);
        return content.map(Buffer::toString);
    }

    Future<Void> close() {
        return http.close();
    }

    private Future<Buffer> readFile(String path) {
        return vertx.fileSystem()
                .props(path)
                .compose(file -> file.isRegularFile() && file.size() <= MAX_BYTES
                        ? vertx.fileSystem().readFile(path)
                        : Future.failedFuture("is no file of at most " + MAX_BYTES + " bytes"))
                .recover(cause -> Future.failedFuture(inWords(cause)));
    }

    private Future<Buffer> fetch(String url) {
        Future<HttpClientRequest> request;
        try {
            request = http.request(new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setAbsoluteURI(url)
                    .setFollowRedirects(false)
                    .putHeader("accept", "application/jwk-set+json, application/json"));
        } catch (RuntimeException malformed) {
            return Future.failedFuture("is no URL");
        }
        return request.compose(this::answer).recover(cause -> Future.failedFuture(inWords(cause)));
    }

    private Future<Buffer> answer(HttpClientRequest request) {
        return request.send()
                .compose(response -> body(response))
                .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .onFailure(cause -> request.reset());
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            response.exceptionHandler(reset -> LOG.trace("nobody reads the rest", reset));
            return Future.failedFuture("answered " + response.statusCode());
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        response.exceptionHandler(whole::tryFail)
                .endHandler(end -> whole.tryComplete(body))
                .handler(part -> {
                    if (body.length() + part.length() > MAX_BYTES) {
                        whole.tryFail("answered more than " + MAX_BYTES + " bytes");
                    } else {
                        body.appendBuffer(part);
                    }
                });
        return whole.future();
    }

    private static String inWords(Throwable cause) {
        Throwable reason = cause.getCause() == null ? cause : cause.getCause();
        if (reason instanceof NoSuchFileException) {
            return "no such file";
        }
        if (reason instanceof AccessDeniedException) {
            return "this process may not read it";
        }
        if (reason instanceof TimeoutException) {
            return "no answer within " + ANSWER_SECONDS + " s";
        }
        if (reason instanceof SSLException) {
            return "no trusted TLS: " + firstLine(reason);
        }
        return firstLine(cause);
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("cannot be read");
    }
}
