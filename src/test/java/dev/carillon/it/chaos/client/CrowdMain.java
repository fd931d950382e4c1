package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The process of a {@link Crowd}: one thread with all its members, one that answers each line of its input with the command
 * and a number. It ends with its input.
 */
public final class CrowdMain implements Runnable {
    static final String MISSING = "missing";
    static final String REFUSED = "refused";
    static final String DISCONNECT = "disconnect";

    /** Until {@code auth_success}; as long as carillon-client waits unless told otherwise. */
    private static final long OPENING_MS = 10_000;

    /** At first they come one after the other: nodes that have just been started are slow. */
    private static final long START_EVERY_MS = 8;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final PriorityQueue<Wait> waits = new PriorityQueue<>(Comparator.comparingLong(Wait::at));
    private final List<CrowdMember> members = new ArrayList<>();
    private final List<Address> nodes;
    private final Random random;
    private final int[] attempts;
    private volatile int refused;
    private volatile boolean disconnect;

    /** A member's next attempt, or the end of the one that is under way: as many attempts as it had then. */
    private record Wait(long at, int member, int attempts, boolean connects) {}

    private CrowdMain(List<Address> nodes, long seed, int count, List<String> channels) throws IOException {
        this.nodes = nodes;
        random = new Random(seed);
        attempts = new int[count];
        Vertx vertx = Vertx.vertx();
        Tokens tokens = new Tokens(vertx);
        for (int i = 0; i < count; i++) {
            JsonArray subscribe =
                    new JsonArray().add(new JsonObject().put("channel", channels.get(i % channels.size())));
            members.add(new CrowdMember(new JsonObject()
                    .put("type", "auth")
                    .put("id", 1)
                    .put("token", tokens.of("crowd" + i))
                    .put("subscribe", subscribe)
                    .encode()));
            waits.add(new Wait(now() + i * START_EVERY_MS, i, 0, true));
        }
        var unused = vertx.close();
    }

    /** @param arguments seed, number of clients, their channels with commas, then the addresses of the nodes */
    public static void main(String[] arguments) throws IOException {
        List<Address> addresses = new ArrayList<>();
        for (String each : List.of(arguments).subList(3, arguments.length)) {
            int colon = each.lastIndexOf(':');
            addresses.add(new Address(each.substring(0, colon), Integer.parseInt(each.substring(colon + 1))));
        }
        CrowdMain crowd = new CrowdMain(
                addresses,
                Long.parseLong(arguments[0]),
                Integer.parseInt(arguments[1]),
                List.of(arguments[2].split(",")));
        Thread thread = new Thread(crowd, "crowd");
        thread.setDaemon(true);
        thread.start();
        try (BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                System.out.println(command + " " + crowd.answer(command));
            }
        }
    }

    private int answer(String command) {
        return switch (command) {
            case MISSING ->
                (int) members.stream().filter(member -> !member.isThere()).count();
            case REFUSED -> refused;
            case DISCONNECT -> {
                disconnect = true;
                selector.wakeup();
                yield 0;
            }
            default -> throw new IllegalArgumentException(command);
        };
    }

    @Override
    public void run() {
        try {
            while (true) {
                Wait next = waits.peek();
                selector.select(next == null ? 0 : Math.max(1, next.at() - now()));
                if (disconnect) {
                    disconnect = false;
                    for (int i = 0; i < members.size(); i++) {
                        again(i);
                    }
                }
                selector.selectedKeys().forEach(this::serve);
                selector.selectedKeys().clear();
                due();
            }
        } catch (IOException e) {
            throw new AssertionError("the crowd's selector", e);
        }
    }

    private void serve(SelectionKey key) {
        int member = (Integer) key.attachment();
        if (!key.isValid()) {
            return; // Dropped since it was selected.
        }
        try {
            if (key.isConnectable()) {
                members.get(member).connected(key);
            } else if (key.isReadable()) {
                members.get(member).read((SocketChannel) key.channel(), buffer);
                if (members.get(member).isThere()) {
                    attempts[member] = 0;
                }
            }
        } catch (IOException e) {
            broken(member);
        }
    }

    private void due() {
        while (!waits.isEmpty() && waits.peek().at() <= now()) {
            Wait wait = waits.remove();
            CrowdMember member = members.get(wait.member());
            if (wait.connects() && member.isAway()) {
                attempts[wait.member()]++;
                waits.add(new Wait(now() + OPENING_MS, wait.member(), attempts[wait.member()], false));
                try {
                    member.connect(selector, wait.member(), nodes.get(random.nextInt(nodes.size())));
                } catch (IOException e) {
                    broken(wait.member());
                }
            } else if (!wait.connects() && !member.isThere() && attempts[wait.member()] == wait.attempts()) {
                broken(wait.member());
            }
        }
    }

    private void broken(int member) {
        if (!members.get(member).isThere()) {
            refused++;
        }
        again(member);
    }

    private void again(int member) {
        members.get(member).drop();
        waits.add(new Wait(now() + Backoff.QUICK.waitMs(attempts[member], random), member, 0, true));
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
