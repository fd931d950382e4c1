package dev.carillon.transport.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one node that go over HTTP, by the id that their requests name: these may come to any event loop. Safe
 * on any thread.
 */
public final class HttpConnections {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, HttpConnection> byId = new ConcurrentHashMap<>();

    /** @param make is given an id that nobody can guess */
    HttpConnection add(Function<String, HttpConnection> make) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        HttpConnection connection = make.apply(id);
        byId.put(id, connection);
        return connection;
    }

    @Nullable
    HttpConnection find(String id) {
        return byId.get(id);
    }

    void remove(String id) {
        byId.remove(id);
    }
}
