package dev.carillon.bench;

import dev.carillon.bus.Carillon;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.verticle.Node;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A node of a cluster whose verticles publish when told so: {@code LoadNode carillon PATH=VALUE…} with a development node's
 * settings, or {@code LoadNode stock PORT MEMBER MEMBER…}, the stock bridge on the clustered event bus, this member first.
 * It prints {@code ready}, then takes orders on standard input, {@code NAME NAMES RATE SECONDS WINDOW PADDING PUBLISHERS}
 * as {@link LoadVerticle.Order} has them, and answers each with a line. Ends with its input.
 */
public final class LoadNode {
    private LoadNode() {}

    public static void main(String[] args) throws IOException {
        List<String> arguments = List.of(args);
        if (arguments.size() < 2 || !arguments.get(0).matches("carillon|stock")) {
            System.err.println("usage: LoadNode carillon PATH=VALUE... | LoadNode stock PORT MEMBER...");
            System.exit(2);
        }
        try {
            List<String> rest = arguments.subList(1, arguments.size());
            if (arguments.get(0).equals("carillon")) {
                carillon(rest);
            } else {
                stock(rest);
            }
        } catch (CompletionException e) {
            System.err.println("LoadNode: " + e.getCause());
            System.exit(1);
        }
        System.exit(0);
    }

    private static void carillon(List<String> settings) throws IOException {
        Node node = await(
                Node.start(SettingsLoader.load(new SettingsSources(true, null, Map.of(), settings, Path.of("")))));
        serve(node.vertx(), () -> Carillon.connect(node.vertx())::publish);
        await(node.stop());
    }

    private static void stock(List<String> arguments) throws IOException {
        int port = Integer.parseInt(arguments.get(0));
        Vertx vertx = await(StockBridge.clustered("stock-bench", arguments.subList(1, arguments.size())));
        String deployed = await(StockBridge.deploy(vertx, port));
        serve(vertx, () -> (address, data) -> {
            vertx.eventBus().publish(address, data);
            return Future.succeededFuture();
        });
        await(vertx.undeploy(deployed));
        await(vertx.close());
    }

    /** @param targets one for each publisher, as verticles of their own would have them */
    private static void serve(Vertx vertx, Supplier<LoadVerticle.Target> targets) throws IOException {
        System.out.println("ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            System.out.println(run(vertx, targets, line.trim().split(" ")));
        }
    }

    private static String run(Vertx vertx, Supplier<LoadVerticle.Target> targets, String[] words) {
        int[] numbers = new int[words.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Integer.parseInt(words[i + 1]);
        }
        int publishers = numbers[5];
        LoadVerticle.Order order = new LoadVerticle.Order(
                words[0], numbers[0], numbers[1] / publishers, numbers[2], numbers[3], numbers[4]);
        List<LoadVerticle> verticles = new ArrayList<>();
        List<String> deployed = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            LoadVerticle verticle = new LoadVerticle(targets.get(), order, i, publishers);
            verticles.add(verticle);
            deployed.add(await(vertx.deployVerticle(verticle)));
        }
        List<Future<LoadVerticle.Outcome>> running =
                verticles.stream().map(LoadVerticle::run).toList();
        await(Future.all(running));
        deployed.forEach(id -> await(vertx.undeploy(id)));
        long published =
                running.stream().mapToLong(done -> done.result().published()).sum();
        long failed = running.stream().mapToLong(done -> done.result().failed()).sum();
        double seconds = running.stream()
                .mapToDouble(done -> done.result().seconds())
                .max()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "published=%d failed=%d seconds=%.2f publishes/s=%.0f",
                published,
                failed,
                seconds,
                published / seconds);
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
