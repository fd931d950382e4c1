package dev.carillon.testing.netlab;

import dev.carillon.testing.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/**
 * A network of some hosts and of the clients, who are in this JVM; each host is a network namespace. Packets between any
 * two can be cut, lost and delayed, in each direction for itself, and without a word: nothing is refused or reset. Faults
 * of different kinds add up until {@link #heal}. Safe on any thread.
 *
 * <p>Needs root and a Linux with {@code ip}, {@code gcc} and {@code /dev/net/tun}.
 */
public final class NetLab implements AutoCloseable {
    /** Stands for the clients, where a host is asked for. */
    public static final int CLIENTS = -1;

    private static final Pattern STATS =
            Pattern.compile("\\d+ \\d+ passed (\\d+) cut (\\d+) lost (\\d+) overflowed (\\d+) waiting (\\d+)");
    private static final Set<NetLab> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(NetLab::close), "end-netlabs"));
    }

    private final Namespaces namespaces;
    private final Switch network;

    /**
     * What became of the packets from one host to another.
     *
     * @param passed handed on
     * @param cut dropped because the way was cut
     * @param lost dropped at random
     * @param overflowed dropped because too many were waiting
     * @param waiting delayed and on their way
     */
    public record Traffic(long passed, long cut, long lost, long overflowed, long waiting) {}

    private NetLab(Namespaces namespaces, Switch network) {
        this.namespaces = namespaces;
        this.network = network;
        OPEN.add(this);
    }

    /**
     * Makes the network, whole and fast.
     *
     * @param hosts 1 to 16
     * @param seed of what is lost; the same seed loses the same of the same traffic
     * @throws TestAbortedException if this process may not make networks, which skips the test
     * @throws IllegalStateException if it may and cannot
     */
    public static NetLab open(int hosts, long seed) {
        requireRoot();
        Namespaces.sweep();
        Namespaces namespaces = Namespaces.make(hosts);
        try {
            return new NetLab(namespaces, Switch.start(seed, namespaces.names()));
        } catch (RuntimeException e) {
            namespaces.close();
            throw e;
        }
    }

    private static void requireRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new TestAbortedException("only root may make network namespaces and TAP devices; this is "
                    + System.getProperty("user.name") + ": run scripts/test as root to run this test");
        }
        // Root without a word about the device would be a skipped test that everybody takes for a passed one.
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            throw new IllegalStateException("there is no /dev/net/tun: this kernel makes no TAP devices");
        }
    }

    /** The address of a host, or of the clients. */
    public String address(int host) {
        return network.network() + "." + (host == CLIENTS ? 254 : port(host));
    }

    /** The command that runs another one on a host, and becomes it; for {@link NodeProcess.Launch}. */
    public List<String> prefix(int host) {
        return List.of("ip", "netns", "exec", namespaces.names().get(host));
    }

    /** Drops what one sends to the other, what is under way included; the way back is untouched. */
    public void cutOneWay(int from, int to) {
        network.command("cut " + port(from) + " " + port(to));
    }

    /** Drops what two send to one another. */
    public void cut(int one, int other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Loses packets between any two hosts, but not those of the clients. */
    public void loss(double percent) {
        network.command("loss * * " + percent);
    }

    /** Holds each packet between any two hosts, but not those of the clients, for so long. */
    public void delay(long millis, long jitterMillis) {
        network.command("delay * * " + millis + " " + jitterMillis);
    }

    /** Drops what goes from and to one TCP port of the clients: a connection of which neither end hears again. */
    public void mute(int clientPort) {
        network.command("mute " + clientPort);
    }

    /** Ends all faults; what was dropped stays lost. */
    public void heal() {
        network.command("heal");
    }

    /** What became of the packets from one to another so far. */
    public Traffic traffic(int from, int to) {
        String way = port(from) + " " + port(to) + " ";
        Matcher found = network.command("stats").stream()
                .filter(line -> line.startsWith(way))
                .map(STATS::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow();
        return new Traffic(number(found, 1), number(found, 2), number(found, 3), number(found, 4), number(found, 5));
    }

    private static long number(Matcher found, int group) {
        return Long.parseLong(found.group(group));
    }

    private static int port(int host) {
        return host == CLIENTS ? 0 : host + 1;
    }

    /** Ends whatever runs on the hosts, and removes them. */
    @Override
    public void close() {
        if (OPEN.remove(this)) {
            network.close();
            namespaces.close();
        }
    }
}
