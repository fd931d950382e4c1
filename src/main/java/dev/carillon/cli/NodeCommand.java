package dev.carillon.cli;

import dev.carillon.config.Settings;
import dev.carillon.verticle.Node;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs a node until the process is told to end. */
@Command(
        name = "node",
        description =
                "Starts a node and serves until SIGTERM or Ctrl-C, which it leaves the cluster politely at. At SIGHUP, and when"
                        + " its file changes, it reads its settings again.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ended by SIGTERM or Ctrl-C, in order",
            "1:the start failed, or the end was not in order; one line on stderr says why",
            "2:a bad setting",
            "143:ended at once, by a second SIGTERM; 130 by a second Ctrl-C"
        })
final class NodeCommand implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        Settings settings = options.load();
        Duration limit = settings.drain().timeout().plus(Node.STOP_LIMIT);
        // From here on a signal is a polite end, also while the node still joins.
        EndSignals signals = EndSignals.take();
        Future<Node> starting = start(settings);
        AtomicBoolean ended = new AtomicBoolean();
        // For whatever else ends the process. Vert.x switches Hazelcast's own hook off: without this one it would be a
        // crash to the other nodes.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!ended.get()) {
                                boolean unused = stop(starting, limit);
                            }
                            LogEnd.flush();
                        },
                        "carillon-stop"));
        Node node = started(starting, settings);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Carillon node " + node.id() + " is up: "
                + url(settings.tls().forClients(), settings.http().host(), node.httpPort()));
        out.flush();
        try (SettingsWatch watch = new SettingsWatch(options::load, options.file, node)) {
            signals.onReload(watch::reload);
            serve(signals);
        }
        ended.set(true);
        if (!stop(starting, limit)) {
            throw new CommandFailure("the node did not leave in order; the other nodes clean up");
        }
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
    static String url(boolean tls, String host, int port) {
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
        return (tls ? "https://" : "http://") + name + ":" + port;
    }

    private static void serve(EndSignals signals) {
        try {
            signals.await();
        } catch (InterruptedException e) {
            LOG.info("interrupted, ending");
        }
    }

    /** Whether the node has left in order, or never was there. */
    private static boolean stop(Future<Node> starting, Duration limit) {
        try {
            starting.recover(failed -> Future.failedFuture(new StartEnded()))
                    .compose(Node::stop)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("stopped");
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StartEnded) {
                return true;
            }
            LOG.error("stopping failed; the other nodes clean up", e.getCause());
        } catch (TimeoutException e) {
            LOG.error("not stopped after {} s, ending anyway; the other nodes clean up", limit.toSeconds());
        } catch (InterruptedException e) {
            LOG.warn("interrupted while stopping");
        }
        return false;
    }

    /** There is nothing to stop. */
    private static final class StartEnded extends RuntimeException {
        StartEnded() {
            super("the start failed", null, false, false);
        }
    }
}
