package dev.carillon.verticle;

import dev.carillon.config.Network;
import dev.carillon.config.Settings;
import java.util.ArrayList;
import java.util.List;

/** What a node leaves open to whoever reaches it, by its settings; each in a line with its cure. */
final class OpenDoors {
    private OpenDoors() {}

    static List<String> of(Settings settings) {
        List<String> open = new ArrayList<>();
        boolean isPublic = !isLoopback(settings.http().host());
        if (isPublic) {
            ofClients(settings, open);
        }
        if (!settings.cluster().file().isEmpty()) {
            open.add("the members' port is bound as cluster.file says and asks nobody who they are: see that only nodes"
                    + " reach it, by a private network, WireGuard or a firewall such as cluster/firewall.nft");
        } else if (!isLoopback(settings.cluster().host())) {
            open.add("the members' port at cluster.host " + settings.cluster().host()
                    + " asks nobody who they are, and has no TLS in Hazelcast's open edition: see that only nodes reach"
                    + " it, by a private network, WireGuard or a firewall such as cluster/firewall.nft");
        }
        if (!isLoopback(settings.bus().host()) && !settings.tls().forBus()) {
            open.add("the event bus at bus.host " + settings.bus().host()
                    + " asks nobody who they are: set tls.bus-certificate, tls.bus-key and tls.bus-ca");
        }
        if (settings.http().origins().contains("*")) {
            open.add("http.origins is *: pages of any site connect in the name of whoever looks at them and has a"
                    + " cookie or token there; name your sites");
        }
        if (settings.auth().tokenInQuery()) {
            open.add("auth.token-in-query puts tokens into URLs, and URLs into logs: send them in the first frame");
        }
        for (String key : settings.auth().keys()) {
            if (key.startsWith("http://")) {
                open.add("auth.keys are read from " + key
                        + " without TLS: whoever is on the way makes tokens; use https");
            }
        }
        return open;
    }

    private static void ofClients(Settings settings, List<String> open) {
        String where = "http.host " + settings.http().host();
        if (settings.dev()) {
            open.add("development mode at " + where
                    + " lets anybody log in as anybody: leave out --dev, or bind to 127.0.0.1");
        }
        if (!settings.tls().forClients()) {
            open.add("clients at " + where + " have no TLS: set tls.certificate and tls.key, or end TLS at a proxy and"
                    + " bind to an address that only the proxy reaches");
        }
        open.add("/metrics and /health at " + where
                + " answer whoever asks: keep them from the outside with a proxy or firewall");
    }

    private static boolean isLoopback(String host) {
        byte[] address = Network.bytes(host);
        return host.equals("localhost")
                || Network.of("127.0.0.0/8").holds(address)
                || Network.of("::1").holds(address);
    }
}
