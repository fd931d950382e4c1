package dev.carillon;

import dev.carillon.cli.CarillonCommand;
import java.util.Map;

/** The process: sets what the libraries read once as they load, runs one command, and exits with its code. */
public final class Main {
    /** What Carillon needs of its libraries; the operator's own {@code -D} wins. */
    private static final Map<String, String> PROPERTIES = Map.of(
            // With a parallelism of one, each asynchronous callback of Hazelcast would start a thread.
            "java.util.concurrent.ForkJoinPool.common.parallelism",
            String.valueOf(Math.max(2, Runtime.getRuntime().availableProcessors() - 1)),
            "hazelcast.phone.home.enabled",
            "false",
            "hazelcast.logging.type",
            "slf4j",
            // A write whose copy may be missing is not acknowledged.
            "hazelcast.operation.fail.on.indeterminate.state",
            "true",
            "vertx.logger-delegate-factory-class-name",
            "io.vertx.core.logging.SLF4JLogDelegateFactory");

    private Main() {}

    public static void main(String[] args) {
        PROPERTIES.forEach(Main::setUnlessSet);
        // Anything else is refused with the settings; until then logback must find one of its files.
        setUnlessSet("carillon.log", "json".equals(System.getenv("CARILLON_LOG")) ? "json" : "text");
        if (args.length == 0 || !args[0].equals("node")) {
            // What other commands print is for pipes, so nothing else may get into it.
            setUnlessSet("carillon.log.target", "System.err");
            setUnlessSet("carillon.log.level", "WARN");
            setUnlessSet("carillon.log.libraries", "ERROR");
        }
        System.exit(CarillonCommand.run(args));
    }

    private static void setUnlessSet(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
