package dev.carillon.testing;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A reader of server-sent events, of the JDK's own parts. */
public final class SseClient implements AutoCloseable {
    private final InputStream body;
    private final BufferedReader lines;
    private String lastId = "";

    private SseClient(InputStream body) {
        this.body = body;
        lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /**
     * One event.
     *
     * @param id the last one the stream gave, as a browser would send it back
     */
    public record Event(String type, String id, JsonObject data) {}

    /** Fails unless the stream begins. */
    public static SseClient open(TestNode node, String path, String token, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .header("Authorization", "Bearer " + token);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError("status " + response.statusCode());
        }
        return new SseClient(response.body());
    }

    /** The next event of a type; others are passed over for good. */
    public Event next(String type) throws IOException {
        Event event = read();
        while (!event.type().equals(type)) {
            event = read();
        }
        return event;
    }

    private Event read() throws IOException {
        String type = "message";
        StringBuilder data = new StringBuilder();
        while (true) {
            String line = lines.readLine();
            if (line == null) {
                throw new AssertionError("the stream ended");
            }
            if (line.startsWith("event: ")) {
                type = line.substring(7);
            } else if (line.startsWith("id: ")) {
                lastId = line.substring(4);
            } else if (line.startsWith("data: ")) {
                data.append(data.length() == 0 ? "" : "\n").append(line, 6, line.length());
            } else if (line.isEmpty() && data.length() > 0) {
                return new Event(type, lastId, new JsonObject(data.toString()));
            } else if (line.isEmpty()) {
                type = "message";
            }
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
