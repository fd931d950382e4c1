package dev.carillon.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Routes on a real server, and a client that waits for answers. */
public final class HttpNode implements AutoCloseable {
    private final Vertx vertx;
    private final HttpServer server;
    private final WebClient client;
    private final HttpClient raw;

    public HttpNode(Vertx vertx, Consumer<Router> routes) {
        this.vertx = vertx;
        Router router = Router.router(vertx);
        routes.accept(router);
        this.server = await(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
        this.client = WebClient.create(vertx);
        this.raw = vertx.createHttpClient();
    }

    public int port() {
        return server.actualPort();
    }

    public HttpResponse<Buffer> post(String path, Map<String, String> headers, String body) {
        return send(HttpMethod.POST, path, headers, Buffer.buffer(body));
    }

    public HttpResponse<Buffer> send(HttpMethod method, String path, Map<String, String> headers, Buffer body) {
        var request = client.request(method, port(), "127.0.0.1", path).followRedirects(false);
        headers.forEach(request::putHeader);
        return await(request.sendBuffer(body));
    }

    /** Does not tell the body's length beforehand; answers with status and body. */
    public String postChunked(String path, Map<String, String> headers, String body) {
        Buffer bytes = Buffer.buffer(body);
        int half = bytes.length() / 2;
        return await(raw.request(HttpMethod.POST, port(), "127.0.0.1", path).compose(request -> {
            headers.forEach(request::putHeader);
            return request.setChunked(true)
                    .write(bytes.slice(0, half))
                    .compose(written -> request.end(bytes.slice(half, bytes.length())))
                    .compose(ended -> request.response())
                    .compose(response -> response.body().map(received -> response.statusCode() + " " + received));
        }));
    }

    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.close();
        await(vertx.close());
    }
}
