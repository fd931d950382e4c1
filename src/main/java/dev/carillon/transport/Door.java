package dev.carillon.transport;

import dev.carillon.config.HttpSettings;
import dev.carillon.config.Network;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.session.SessionFactory;
import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where requests that would become sessions are looked at: whom they are from, and whether they may. Immutable. */
public final class Door {
    private static final String FORWARDED_FOR = "X-Forwarded-For";

    /** What one household or machine has of IPv6. */
    private static final int IPV6_PREFIX_BYTES = 8;

    /** Time after which somebody else may have gone. */
    private static final int RETRY_AFTER_SECONDS = 5;

    private final List<Network> proxies;

    public Door(HttpSettings settings) {
        proxies = settings.proxies().stream().map(Network::of).toList();
    }

    /** Whom the request is from, empty if that is not known; null if it may not come in and was answered. */
    public @Nullable String admit(HttpServerRequest request, SessionFactory sessions) {
        if (!sessions.isAccepting()) {
            Leaving.refuse(request.response());
            return null;
        }
        String address = address(request);
        if (!sessions.hasRoom(address)) {
            refuse(request.response());
            return null;
        }
        return address;
    }

    /** The same of a request that nobody has answered yet: null for whom {@link #admit} is to answer. */
    public @Nullable String admits(@Nullable InetAddress peer, MultiMap headers, SessionFactory sessions) {
        if (!sessions.isAccepting()) {
            return null;
        }
        String address = address(peer == null ? new byte[0] : peer.getAddress(), headers);
        return sessions.hasRoom(address) ? address : null;
    }

    private static void refuse(HttpServerResponse response) {
        response.setStatusCode(429)
                .putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_AFTER_SECONDS))
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(new JsonObject()
                        .put("type", "error")
                        .put("code", ErrorCode.RATE_LIMITED.code())
                        .put("error", "too many connections")
                        .put("temporary", true)
                        .put("retry_after_ms", RETRY_AFTER_SECONDS * 1000)
                        .toBuffer());
    }

    /** An address, of IPv6 its first half, without a proxy's; empty if a proxy does not say. */
    public String address(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        String host = peer == null ? null : peer.hostAddress();
        return address(Network.bytes(host == null ? "" : host), request.headers());
    }

    private String address(byte[] peer, MultiMap headers) {
        return written(isProxy(peer) ? forwarded(headers) : peer);
    }

    /** The last that is no proxy's: whatever stands before it was written by the client. */
    private byte[] forwarded(MultiMap headers) {
        List<String> lines = headers.getAll(FORWARDED_FOR);
        for (int i = lines.size() - 1; i >= 0; i--) {
            String[] hops = lines.get(i).split(",", -1);
            for (int hop = hops.length - 1; hop >= 0; hop--) {
                byte[] address = Network.bytes(hops[hop].trim());
                if (!isProxy(address)) {
                    return address;
                }
            }
        }
        return new byte[0];
    }

    private boolean isProxy(byte[] address) {
        return proxies.stream().anyMatch(proxy -> proxy.holds(address));
    }

    private static String written(byte[] address) {
        if (address.length <= 4) {
            return address.length == 0 ? "" : NetUtil.bytesToIpAddress(address);
        }
        return NetUtil.bytesToIpAddress(Arrays.copyOf(Arrays.copyOf(address, IPV6_PREFIX_BYTES), address.length));
    }
}
