package dev.carillon.cli;

import dev.carillon.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The ports that the settings name: whether this machine has their addresses, who is there, and who can come. */
final class PortCheck {
    private static final String NAME = "ports";
    private static final int CONNECT_TIMEOUT_MS = 2000;

    private final Settings settings;
    private final Set<String> httpOfNodes;

    /** @param httpOfNodes where nodes of the cluster listen for clients, {@code host:port}, as far as is known */
    PortCheck(Settings settings, Set<String> httpOfNodes) {
        this.settings = settings;
        this.httpOfNodes = httpOfNodes;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        // A node of the cluster that listens there is taken for the one on this machine.
        boolean running = httpOfNodes.stream()
                .anyMatch(http -> http.endsWith(":" + settings.http().port()));
        port(findings, "http", settings.http().host(), settings.http().port(), running);
        port(findings, "cluster", settings.cluster().host(), settings.cluster().port(), running);
        port(findings, "bus", settings.bus().host(), settings.bus().port(), running);
        for (String member : settings.cluster().members()) {
            findings.add(member(member));
        }
        reach(findings, "cluster", settings.cluster().host());
        reach(findings, "bus", settings.bus().host());
        return findings;
    }

    private static void port(List<Finding> findings, String section, String host, int port, boolean running) {
        if (port == 0) {
            return; // Any free one.
        }
        String named = section + ".port " + host + ":" + port;
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            findings.add(Finding.ok(NAME, named + " is free for a node"));
        } catch (UnknownHostException e) {
            findings.add(Finding.bad(
                    NAME, section + ".host " + host + " cannot be resolved", "write an address of this machine"));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.contains("in use")) {
                findings.add(Finding.bad(
                        NAME,
                        named + " cannot be opened: " + why,
                        "set " + section + ".host to an address that 'ip addr' lists, and a port from 1024 on"));
            } else if (running) {
                findings.add(Finding.ok(NAME, named + " is a running node's"));
            } else {
                findings.add(Finding.warn(
                        NAME,
                        named + " is taken, and by no node that --url knows",
                        "if that is a node, give it as --url; else find who it is with: ss -ltnp 'sport = :" + port
                                + "', or choose another " + section + ".port"));
            }
        }
    }

    private static Finding member(String member) {
        int colon = member.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(member.substring(0, colon), Integer.parseInt(member.substring(colon + 1))),
                    CONNECT_TIMEOUT_MS);
            return Finding.ok(NAME, "member " + member + " answers");
        } catch (IOException e) {
            return Finding.warn(
                    NAME,
                    "member " + member + " does not answer",
                    "start that node, or check cluster.members, the firewall, and that its cluster.host is not"
                            + " 127.0.0.1");
        }
    }

    /** Ports that ask nobody who they are must be reached by the other nodes, and by nobody else. */
    private void reach(List<Finding> findings, String section, String host) {
        boolean loopback = host.startsWith("127.") || host.equals("localhost") || host.equals("::1");
        boolean elsewhere = settings.cluster().members().stream()
                .anyMatch(member -> !member.startsWith("127.") && !member.startsWith("localhost:"));
        if (loopback && elsewhere) {
            findings.add(Finding.bad(
                    NAME,
                    section + ".host is " + host + ", but cluster.members names other machines: they cannot come",
                    "set " + section + ".host to this machine's address in the network of the nodes"));
        } else if (host.equals("0.0.0.0") || host.equals("::")) {
            findings.add(Finding.warn(
                    NAME,
                    section + ".host is " + host + ": that port asks nobody who they are",
                    "set " + section + ".host to an address that only the nodes share, or see cluster/firewall.nft"));
        }
    }
}
