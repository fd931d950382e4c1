package dev.carillon.it.chaos.nodes;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import dev.carillon.it.chaos.nodes.NodeSet.Answer;
import dev.carillon.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls nodes over HTTP, with a bound: a node may be frozen. Safe on any thread. */
public final class Http {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    public JsonObject api(Address node, String path, JsonObject body) {
        Answer answer = send(request(node, "/api/" + path)
                .header("X-API-Key", TestNode.API_KEY)
                .POST(HttpRequest.BodyPublishers.ofString(body.encode())));
        if (answer.status() != 200) {
            throw new UncheckedIOException(new IOException("/api/" + path + " of " + node + ": " + answer));
        }
        return new JsonObject(answer.body());
    }

    public Answer get(Address node, String path) {
        return send(request(node, path));
    }

    private static HttpRequest.Builder request(Address node, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + node + path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(PATIENCE);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
