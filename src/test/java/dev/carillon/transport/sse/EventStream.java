package dev.carillon.transport.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of one event stream. */
final class EventStream {
    private static final String END = "the end";

    private final HttpClientResponse response;
    private final BlockingQueue<String> blocks = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> body = new CompletableFuture<>();

    private EventStream(HttpClientResponse response) {
        this.response = response;
        if (response.statusCode() == 200) {
            response.exceptionHandler(failed -> blocks.add(END));
            response.endHandler(ended -> blocks.add(END));
            response.handler(RecordParser.newDelimited("\n\n", block -> blocks.add(block.toString())));
        } else {
            response.body().onSuccess(read -> body.complete(read.toString()));
        }
    }

    static EventStream open(Vertx vertx, int port, String query, String... headers) throws Exception {
        return request(vertx, HttpMethod.GET, port, query, headers);
    }

    static EventStream request(Vertx vertx, HttpMethod method, int port, String query, String... headers)
            throws Exception {
        HttpClient client = vertx.createHttpClient();
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/sse?" + query);
        for (int i = 0; i < headers.length; i += 2) {
            options.addHeader(headers[i], headers[i + 1]);
        }
        Future<EventStream> opened =
                client.request(options).compose(request -> request.send().map(EventStream::new));
        return opened.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    int status() {
        return response.statusCode();
    }

    String header(String name) {
        return response.getHeader(name);
    }

    /** What a refusal says. */
    JsonObject refusal() throws Exception {
        return new JsonObject(body.get(30, TimeUnit.SECONDS));
    }

    /** The lines of the next block that ends with an empty line. */
    String next() throws InterruptedException {
        String block = blocks.poll(30, TimeUnit.SECONDS);
        assertThat(block).as("an event within 30 s").isNotNull();
        return block;
    }

    /** The next block that holds a text; those before it are dropped. */
    String nextWith(String text) throws InterruptedException {
        String block = next();
        while (!block.contains(text)) {
            assertThat(block).as("the stream goes on until " + text).isNotEqualTo(END);
            block = next();
        }
        return block;
    }

    void awaitEnd() throws InterruptedException {
        String last = next();
        while (!last.equals(END)) {
            last = next();
        }
    }

    void stopReading() {
        response.pause();
    }

    void readOn() {
        response.resume();
    }

    void leave() {
        response.request().connection().close();
    }
}
