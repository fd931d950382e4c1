package dev.carillon.testing;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of {@code /http}, of the JDK's own parts; each request goes over a connection of its own. */
public final class HttpClientSession implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    /** One event; {@code end} when the response has ended. */
    public record Event(String name, String data) {
        public JsonObject json() {
            return new JsonObject(data);
        }
    }

    private final String base;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private HttpResponse<InputStream> stream;
    private JsonObject opened;
    private long sent;
    private long received;

    private HttpClientSession(String base, HttpResponse<InputStream> stream, JsonObject opened) {
        this.base = base;
        this.stream = stream;
        this.opened = opened;
    }

    /** Opens a session on a port of this machine; fails unless the stream begins. */
    public static HttpClientSession open(int port) {
        String base = "http://127.0.0.1:" + port + "/http";
        HttpResponse<InputStream> response = request(posted(base, new byte[0]));
        if (response.statusCode() != 200) {
            throw new AssertionError("status " + response.statusCode());
        }
        HttpClientSession session = new HttpClientSession(base, response, new JsonObject());
        session.read();
        session.opened = session.next("open").json();
        return session;
    }

    /** The same, authenticated. */
    public static HttpClientSession login(int port, String token, String subscribe) {
        HttpClientSession session = open(port);
        session.send("{\"type\":\"auth\",\"id\":1,\"token\":\"" + token + "\",\"subscribe\":" + subscribe + "}");
        session.nextFrame("auth_success");
        return session;
    }

    /** What the session said of itself. */
    public JsonObject opened() {
        return opened;
    }

    public String header(String name) {
        return stream.headers().firstValue(name).orElse("");
    }

    /** Sends messages; fails unless they are taken. */
    public void send(String... lines) {
        int status = post(sent + 1, String.join("\n", lines));
        if (status != 204) {
            throw new AssertionError("status " + status);
        }
        sent += lines.length;
    }

    /** Sends a body as it is. */
    public int post(long first, String body) {
        return post("?first=" + first, body.getBytes(StandardCharsets.UTF_8));
    }

    public int post(String query, byte[] body) {
        HttpResponse<InputStream> response = request(posted(base + "/" + id() + query, body));
        return response.statusCode();
    }

    /** Loses the stream, with what may be in it. */
    public void drop() {
        try {
            stream.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        next("end");
        events.clear();
    }

    /** Goes on in another response after so many frames; returns its status. */
    public int resume(long after) {
        stream = request(HttpRequest.newBuilder(URI.create(base + "/" + id() + "?after=" + after)));
        if (stream.statusCode() == 200) {
            read();
        }
        return stream.statusCode();
    }

    /** Frames that came. */
    public long received() {
        return received;
    }

    /** The next frame of a type; other frames before it are passed over. */
    public JsonObject nextFrame(String type) {
        while (true) {
            JsonObject frame = next("message").json();
            if (type.equals(frame.getString("type"))) {
                return frame;
            }
        }
    }

    /** The next event of a name; others before it are passed over. */
    public Event next(String name) {
        while (true) {
            Event event = next();
            if (event.name().equals(name)) {
                return event;
            }
        }
    }

    /** The next event. */
    public Event next() {
        try {
            Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event within " + PATIENCE_SECONDS + " s");
            }
            received += event.name().equals("message") || event.name().equals("binary") ? 1 : 0;
            return event;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        int unused = post("?first=" + (sent + 1) + "&close=1000", new byte[0]);
    }

    private String id() {
        return opened.getString("session");
    }

    private static HttpRequest.Builder posted(String uri, byte[] body) {
        return HttpRequest.newBuilder(URI.create(uri)).POST(BodyPublishers.ofByteArray(body));
    }

    private static HttpResponse<InputStream> request(HttpRequest.Builder request) {
        try {
            return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void read() {
        InputStream body = stream.body();
        Thread reader = new Thread(() -> read(body), "reader of /http");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream body) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            String name = "message";
            @Nullable StringBuilder data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = data == null ? new StringBuilder() : data.append('\n');
                    data.append(line, 6, line.length());
                } else if (line.isEmpty() && data != null) {
                    events.add(new Event(name, Objects.requireNonNull(data).toString()));
                    name = "message";
                    data = null;
                }
            }
        } catch (IOException gone) {
            // The end, too.
        }
        events.add(new Event("end", ""));
    }
}
