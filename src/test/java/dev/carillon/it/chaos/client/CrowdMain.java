package dev.carillon.it.chaos.client;

import dev.carillon.it.chaos.nodes.NodeSet.Address;
import dev.carillon.it.chaos.nodes.Places;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The process of a {@link Crowd}: answers each line of its input with the command and a number, and ends with it. */
public final class CrowdMain {
    static final String MISSING = "missing";
    static final String REFUSED = "refused";
    static final String DISCONNECT = "disconnect";

    private CrowdMain() {}

    /** @param arguments seed, number of clients, their channels with commas, then the addresses of the nodes */
    public static void main(String[] arguments) throws IOException {
        List<Address> addresses = new ArrayList<>();
        for (String each : List.of(arguments).subList(3, arguments.length)) {
            int colon = each.lastIndexOf(':');
            addresses.add(new Address(each.substring(0, colon), Integer.parseInt(each.substring(colon + 1))));
        }
        long begun = System.nanoTime();
        try (Load load = new Load(Places.of(addresses), Long.parseLong(arguments[0]), () -> System.nanoTime() - begun);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Load.Group crowd =
                    load.subscribe("crowd", Integer.parseInt(arguments[1]), List.of(arguments[2].split(",")), 0);
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                long answer =
                        switch (command) {
                            case MISSING -> crowd.missing();
                            case REFUSED -> crowd.refusedAttempts();
                            case DISCONNECT -> {
                                crowd.disconnect();
                                yield 0;
                            }
                            default -> throw new IllegalArgumentException(command);
                        };
                System.out.println(command + " " + answer);
            }
        }
    }
}
