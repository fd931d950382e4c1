package dev.carillon.cli;

import dev.carillon.config.ConfigException;
import dev.carillon.config.Settings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Why a node did not start, as the operator reads it.
 *
 * @param line the setting, what is wrong with it, and the cure
 * @param exitCode of the process
 */
record StartFailure(String line, int exitCode) {
    /** One port that a node listens on. */
    private record Listener(String section, String host, int port) {
        String named() {
            return section + ".port " + port;
        }
    }

    /** Finds the first cause that an operator can mend. */
    static StartFailure of(Throwable cause, Settings settings) {
        List<Throwable> chain = chain(cause);
        for (Throwable link : chain) {
            if (link instanceof ConfigException) {
                return new StartFailure(String.valueOf(link.getMessage()), CarillonCommand.BAD_SETTING);
            }
        }
        boolean member = chain.stream().anyMatch(StartFailure::isHazelcast);
        Throwable root = chain.get(chain.size() - 1);
        // From the inside out: Hazelcast calls every failed bind a taken port, and only the cause knows better.
        Collections.reverse(chain);
        for (Throwable link : chain) {
            String line = member ? ofMember(link, settings) : ofListener(link, settings);
            if (!line.isEmpty()) {
                return new StartFailure(line, CarillonCommand.FAILED);
            }
        }
        return new StartFailure(
                "cannot start: " + root.getClass().getSimpleName() + ": " + root.getMessage()
                        + "; the log tells more with -Dcarillon.log.level=DEBUG",
                CarillonCommand.FAILED);
    }

    private static List<Throwable> chain(Throwable cause) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable link = cause; link != null && !chain.contains(link); link = link.getCause()) {
            chain.add(link);
        }
        return chain;
    }

    // Hazelcast throws plain RuntimeExceptions too, so what tells is where they come from.
    private static boolean isHazelcast(Throwable link) {
        return link.getClass().getName().startsWith("com.hazelcast.")
                || (link.getStackTrace().length > 0
                        && link.getStackTrace()[0].getClassName().startsWith("com.hazelcast."));
    }

    private static String ofMember(Throwable link, Settings settings) {
        String message = lower(link);
        Listener cluster = cluster(settings);
        if (message.contains("in use")) {
            return taken(cluster);
        }
        if (message.contains("no matching network interface") || message.contains("cannot assign")) {
            return noAddress(cluster);
        }
        if (link instanceof UnknownHostException || message.contains("unknown host")) {
            return "cluster.members or cluster.host cannot be resolved: check the names, or write addresses ("
                    + link.getMessage() + ")";
        }
        if (message.contains("node failed to start")) {
            return "cluster.members " + String.join(",", settings.cluster().members())
                    + " did not let this node join: check that cluster.name, the version and cluster.file are the same"
                    + " on all, and see the log of the oldest; one that takes connections and answers nothing is stopped"
                    + " or overloaded, and must end before others can join";
        }
        return "";
    }

    private static String ofListener(Throwable link, Settings settings) {
        String message = lower(link);
        boolean bind = link instanceof BindException || message.startsWith("bind(");
        if (bind && message.contains("in use")) {
            return taken(unavailable(settings));
        }
        if (bind && message.contains("cannot assign")) {
            return noAddress(unavailable(settings));
        }
        if (message.contains("permission denied") && (bind || link instanceof java.net.SocketException)) {
            return unavailable(settings).named()
                    + " may not be opened by this user: choose a port from 1024 on, or grant CAP_NET_BIND_SERVICE";
        }
        if (link instanceof UnknownHostException || link instanceof UnresolvedAddressException) {
            return "http.host " + settings.http().host() + " or bus.host "
                    + settings.bus().host() + " cannot be resolved: write an address of this machine";
        }
        if (link instanceof FileSystemException file) {
            return "cannot read " + file.getFile() + " (" + file.getClass().getSimpleName()
                    + "): check the path and its permissions";
        }
        return "";
    }

    private static String taken(Listener listener) {
        int other = listener.port() == 65535 ? 0 : listener.port() + 1;
        return listener.named() + " is taken: end what listens there (find it with: ss -ltnp 'sport = :"
                + listener.port() + "'), or choose another with --set " + listener.section() + ".port=" + other;
    }

    private static String noAddress(Listener listener) {
        return listener.section() + ".host " + listener.host()
                + " is no address of this machine: choose one that 'ip addr' lists, or 127.0.0.1";
    }

    // The exception does not say which of the two it is about, so they are tried.
    private static Listener unavailable(Settings settings) {
        Listener http =
                new Listener("http", settings.http().host(), settings.http().port());
        Listener bus = new Listener("bus", settings.bus().host(), settings.bus().port());
        return canListen(http) && !canListen(bus) ? bus : http;
    }

    private static Listener cluster(Settings settings) {
        return new Listener(
                "cluster", settings.cluster().host(), settings.cluster().port());
    }

    private static boolean canListen(Listener listener) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(listener.host()), listener.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String lower(Throwable link) {
        return String.valueOf(link.getMessage()).toLowerCase(Locale.ROOT);
    }
}
