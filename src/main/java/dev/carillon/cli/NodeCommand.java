package dev.carillon.cli;

import dev.carillon.config.Settings;
import dev.carillon.verticle.Node;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a node until the process is told to end. */
@Command(
        name = "node",
        description = "Starts a node and serves until SIGTERM or Ctrl-C, which it leaves the cluster politely at.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "1:the start failed; one line on stderr says why",
            "2:a bad setting",
            "143:ended by SIGTERM, 130 by Ctrl-C"
        })
final class NodeCommand implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);
    private static final int STOP_LIMIT_SECONDS = 30;

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        Settings settings = options.load();
        Future<Node> starting = start(settings);
        // From here on a signal is a polite end, also while the node still joins.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(starting), "carillon-stop"));
        Node node = started(starting, settings);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "Carillon node " + node.id() + " is up: " + url(settings.http().host(), node.httpPort()));
        out.flush();
        serve();
    }

    private static Future<Node> start(Settings settings) {
        try {
            return Node.start(settings);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Node started(Future<Node> starting, Settings settings) {
        try {
            return starting.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            StartFailure failure = StartFailure.of(e, settings);
            LOG.debug("start failed", e);
            throw new CommandFailure(failure.line(), failure.exitCode());
        } catch (InterruptedException e) {
            throw new CommandFailure("interrupted while starting");
        }
    }

    /** Where a browser on this machine reaches a node that listens there. */
    static String url(String host, int port) {
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
        return "http://" + name + ":" + port;
    }

    // Only the end of the process ends a node.
    private static void serve() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            LOG.info("interrupted, ending");
        }
    }

    // Vert.x switches Hazelcast's own hook off: without this one, SIGTERM would be a crash to the other nodes.
    private static void stop(Future<Node> starting) {
        try {
            starting.recover(failed -> Future.failedFuture(new StartEnded()))
                    .compose(Node::stop)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
            LOG.info("stopped");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof StartEnded)) {
                LOG.error("stopping failed; the other nodes clean up", e.getCause());
            }
        } catch (TimeoutException e) {
            LOG.error("not stopped after {} s, ending anyway; the other nodes clean up", STOP_LIMIT_SECONDS);
        } catch (InterruptedException e) {
            LOG.warn("interrupted while stopping");
        } finally {
            LogEnd.flush();
        }
    }

    /** There is nothing to stop. */
    private static final class StartEnded extends RuntimeException {
        StartEnded() {
            super("the start failed", null, false, false);
        }
    }
}
