package dev.carillon.cli;

import dev.carillon.config.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node's ports among those that the kernel gives to outgoing connections. One of them may be taken when the node starts.
 * Worse, a node that connects to a dead one on its machine may be given the very port of that one: it then speaks with
 * itself, takes the dead one for alive and waits for it.
 */
final class OutgoingPorts {
    private static final String RANGE = "net.ipv4.ip_local_port_range";
    private static final String RESERVED = "net.ipv4.ip_local_reserved_ports";

    private final int first;
    private final int last;
    private final String reserved;

    OutgoingPorts(Proc proc) {
        String[] range = proc.setting(RANGE).split("\\s+");
        boolean known = range.length == 2 && Arrays.stream(range).allMatch(port -> port.matches("\\d{1,5}"));
        first = known ? Integer.parseInt(range[0]) : 0;
        last = known ? Integer.parseInt(range[1]) : -1;
        reserved = proc.setting(RESERVED);
    }

    Optional<Finding> finding(Settings settings) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("http.port", settings.http().port());
        ports.put("cluster.port", settings.cluster().port());
        ports.put("bus.port", settings.bus().port());
        ports.values().removeIf(port -> port == 0 || !isGiven(port));
        if (ports.isEmpty()) {
            return Optional.empty();
        }
        List<String> named = new ArrayList<>();
        ports.forEach((name, port) -> named.add(name + " " + port));
        List<String> toReserve = new ArrayList<>(reserved.isEmpty() ? List.of() : List.of(reserved));
        ports.values().forEach(port -> toReserve.add(port.toString()));
        return Optional.of(Finding.warn(
                "ports",
                String.join(", ", named) + (ports.size() == 1 ? " is" : " are")
                        + " among the ports of outgoing connections, " + first + " to " + last
                        + ": a start may find it taken, and a node that died be taken for alive",
                "sysctl -w " + RESERVED + "=" + String.join(",", toReserve)
                        + ", and the same line in /etc/sysctl.d; or choose a port below " + first));
    }

    private boolean isGiven(int port) {
        return port >= first
                && port <= last
                && Arrays.stream(reserved.split(",")).noneMatch(part -> has(part, port));
    }

    /** @param part a port, or the first and the last of some: {@code 5701-5710} */
    private static boolean has(String part, int port) {
        String[] ends = part.split("-");
        return part.matches("\\d{1,5}(-\\d{1,5})?")
                && Integer.parseInt(ends[0]) <= port
                && port <= Integer.parseInt(ends[ends.length - 1]);
    }
}
