package dev.carillon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.carillon.config.ConfigException;
import dev.carillon.config.Settings;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at what nodes stumble over, and says what to do about it. */
@Command(
        name = "doctor",
        description =
                "Looks at the settings, the ports they name, the limits of this machine, the cluster that the node at"
                        + " --url is in, its clocks, and the certificate there. Run it on the machine of a node, with the node's"
                        + " settings, before its start or while it runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing is bad; warnings are no failure", "1:something is bad", "2:wrong usage"})
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "A JSON object, for scripts.")
    private boolean json;

    @Mixin
    private final ApiOptions api = new ApiOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<Finding> findings = findings();
        boolean bad = findings.stream().anyMatch(finding -> finding.state() == Finding.State.BAD);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(object(findings, !bad));
        } else {
            print(findings, out);
        }
        out.flush();
        return bad ? CarillonCommand.FAILED : 0;
    }

    private List<Finding> findings() {
        Proc proc = Proc.here();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("java", Runtime.version().toString()));
        Set<String> https = cluster(findings);
        try {
            Settings settings = api.settings.load();
            findings.add(Finding.ok("settings", "a node would start with them"));
            findings.addAll(new PortCheck(settings, https).findings());
            new OutgoingPorts(proc).finding(settings).ifPresent(findings::add);
        } catch (ConfigException e) {
            findings.add(Finding.bad(
                    "settings",
                    String.valueOf(e.getMessage()),
                    "give the node's settings with --config, --set, --dev or in the environment, and mend this"));
        }
        findings.addAll(new MachineCheck(proc).findings());
        findings.addAll(new TlsCheck(URI.create(api.url), Instant.now()).findings());
        return findings;
    }

    /** Where the nodes of the cluster listen for clients, as far as one answers. */
    private Set<String> cluster(List<Finding> findings) {
        try {
            NodeApi node = api.open();
            long askedAt = System.currentTimeMillis();
            JsonNode answer = ApiCommand.tree(node.call("/api/nodes", ApiCommand.body()));
            MembershipCheck check = new MembershipCheck(answer, askedAt, System.currentTimeMillis());
            findings.addAll(check.findings());
            return check.https();
        } catch (ConfigException e) {
            return Set.of(); // It is told with the settings.
        } catch (CommandFailure e) {
            findings.add(Finding.warn(
                    "cluster", "not asked: " + e.getMessage(), "start the node if it is to run, and ask again"));
            return Set.of();
        }
    }

    private static void print(List<Finding> findings, PrintWriter out) {
        Table table = new Table("CHECK", "STATE", "FOUND");
        findings.forEach(finding -> table.row(finding.check(), word(finding.state()), Shown.plain(finding.found())));
        table.lines().forEach(out::println);
        findings.stream().filter(finding -> !finding.cure().isEmpty()).forEach(finding -> {
            out.println();
            out.println(word(finding.state()) + ": " + Shown.plain(finding.found()));
            out.println("  cure: " + finding.cure());
        });
    }

    private static ObjectNode object(List<Finding> findings, boolean ok) {
        ObjectNode object = ApiCommand.body().put("ok", ok);
        findings.forEach(finding -> object.withArray("findings")
                .addObject()
                .put("check", finding.check())
                .put("state", word(finding.state()))
                .put("found", finding.found())
                .put("cure", finding.cure()));
        return object;
    }

    private static String word(Finding.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
