package dev.carillon.it.chaos;

import dev.carillon.it.chaos.nodes.LabGround;
import dev.carillon.it.chaos.nodes.NodeSet;
import dev.carillon.it.chaos.nodes.ProcessNodes;
import dev.carillon.it.chaos.scenario.Calm;
import dev.carillon.it.chaos.scenario.ClientsCut;
import dev.carillon.it.chaos.scenario.Estrangement;
import dev.carillon.it.chaos.scenario.Freeze;
import dev.carillon.it.chaos.scenario.KillOwner;
import dev.carillon.it.chaos.scenario.OneWayCut;
import dev.carillon.it.chaos.scenario.Partition;
import dev.carillon.it.chaos.scenario.PoorLinks;
import dev.carillon.it.chaos.scenario.RandomFaults;
import dev.carillon.it.chaos.scenario.Report;
import dev.carillon.it.chaos.scenario.RollingRestart;
import dev.carillon.it.chaos.scenario.Run;
import dev.carillon.it.chaos.scenario.Scenario;
import dev.carillon.it.chaos.scenario.Size;
import dev.carillon.it.chaos.scenario.SlowReaders;
import dev.carillon.it.chaos.scenario.Stampede;
import dev.carillon.it.chaos.scenario.TwoKilled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command behind {@code scripts/chaos}. */
@Command(
        name = "chaos",
        sortOptions = false,
        usageHelpWidth = 110,
        description = {
            "Starts nodes, loads them with subscribers and publishers, hurts them, and checks what every client was given"
                    + " and promised.",
            "Exit codes: 0 all promises kept, 1 one was broken, 2 wrong usage."
        })
public final class Chaos implements Callable<Integer> {
    private static final String RANDOM = "random";
    private static final int WRONG_USAGE = 2;
    private static final Duration CUT = Duration.ofSeconds(30);

    @Option(names = "--scenario", paramLabel = "NAME", description = "See --list; random unless given.")
    private String name = RANDOM;

    @Option(names = "--list", description = "Lists the scenarios with their bounds.")
    private boolean list;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random; drawn and printed unless given.")
    private long seed = new Random().nextInt(1_000_000);

    @Option(names = "--seconds", paramLabel = "N", description = "Time under load; 60 unless given.")
    private long seconds = 60;

    @Option(names = "--minutes", paramLabel = "N", description = "The same in minutes.")
    private long minutes;

    @Option(names = "--nodes", paramLabel = "N", description = "3 unless given.")
    private int nodes = 3;

    @Option(
            names = "--network",
            description =
                    "Puts each node into a network of its own, which random faults then hurt as well. Needs root, ip,"
                            + " gcc and /dev/net/tun. Scenarios about the network always do.")
    private boolean network;

    @Option(names = "--subscribers", paramLabel = "N", description = "500 unless given.")
    private int subscribers = 500;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the nodes, on top of the run's.")
    private List<String> settings = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where the figures go, as JSON, beside what is printed.")
    private @Nullable Path file;

    @Option(
            names = "--logs",
            paramLabel = "DIR",
            description = "Where the nodes' logs go; target/chaos/SCENARIO-SEED unless given.")
    private @Nullable Path logs;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This text.")
    private boolean help;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Chaos()).execute(args));
    }

    /** All but the random one, which needs a seed. */
    static List<Scenario> scenarios() {
        return List.of(
                new Calm(),
                new KillOwner(),
                new RollingRestart(),
                new Freeze(),
                new TwoKilled(),
                new SlowReaders(),
                new Stampede(),
                new Partition(2, 1, CUT),
                new Partition(3, 2, CUT),
                new OneWayCut(true),
                new OneWayCut(false),
                new Estrangement(),
                PoorLinks.losing(0.05),
                PoorLinks.slow(Duration.ofMillis(200)),
                new ClientsCut());
    }

    @Override
    public Integer call() throws IOException {
        Size size = Size.full(nodes)
                .withSubscribers(subscribers)
                .lasting(minutes > 0 ? Duration.ofMinutes(minutes) : Duration.ofSeconds(seconds));
        RandomFaults random = new RandomFaults(seed, size, network);
        if (list) {
            scenarios().forEach(Chaos::describe);
            describe(random);
            return 0;
        }
        Scenario scenario = name.equals(RANDOM)
                ? random
                : scenarios().stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElse(null);
        if (scenario == null || nodes < scenario.nodes()) {
            System.err.println(
                    scenario == null
                            ? "chaos: no scenario " + name + "; see --list"
                            : "chaos: " + name + " needs at least " + scenario.nodes() + " nodes");
            return WRONG_USAGE;
        }
        return run(scenario, size);
    }

    private static void describe(Scenario scenario) {
        System.out.printf("%-16s %s%n", scenario.name(), scenario.about());
    }

    private int run(Scenario scenario, Size size) throws IOException {
        Path directory = logs == null ? Path.of("target", "chaos", scenario.name() + "-" + seed) : logs;
        System.out.println("scenario " + scenario.name() + ", seed " + seed + ", logs of the nodes in " + directory);
        if (scenario instanceof RandomFaults random) {
            random.schedule().forEach(System.out::println);
        }
        Report report;
        try (NodeSet set = network || scenario.needsNetwork()
                ? new ProcessNodes(new LabGround(size.nodes(), seed), all(scenario), directory, List.of())
                : new ProcessNodes(size.nodes(), all(scenario), directory, List.of())) {
            set.startAll();
            report = new Run(set, scenario, size, seed, System.out::println).play();
        }
        System.out.println(report.text());
        Files.writeString(directory.resolve("report.txt"), report.text());
        Files.writeString(directory.resolve("report.json"), report.json().encodePrettily());
        if (file != null) {
            Files.writeString(file, report.json().encodePrettily());
        }
        return report.isGood() ? 0 : 1;
    }

    private List<String> all(Scenario scenario) {
        List<String> all = new ArrayList<>(scenario.settings());
        all.addAll(settings);
        return all;
    }
}
