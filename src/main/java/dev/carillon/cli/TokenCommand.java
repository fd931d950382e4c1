package dev.carillon.cli;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.AuthSettings;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a token that nodes with the same {@code auth.secret} believe. */
@Command(
        name = "token",
        description = "Prints a token (HS256) signed with auth.secret of the settings.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TokenCommand implements Runnable {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(names = "--user", required = true, paramLabel = "ID", description = "Whose token it is: the sub claim.")
    @SuppressWarnings("NullAway.Init")
    private String user;

    @Option(names = "--name", paramLabel = "NAME", description = "A name that others see in presence.")
    private @Nullable String name;

    @Option(names = "--ttl", paramLabel = "TIME", description = "Its life, such as 15m; auth.access-life unless given.")
    private @Nullable Duration life;

    @Option(
            names = "--channels",
            split = ",",
            paramLabel = "CHANNEL",
            description = "Channels it may subscribe to where the rule is claim; a trailing * stands for any ending.")
    private List<String> channels = List.of();

    @Option(
            names = "--publish",
            split = ",",
            paramLabel = "CHANNEL",
            description = "Channels it may publish to, likewise.")
    private List<String> publish = List.of();

    @Option(names = "--scope", paramLabel = "SCOPE", description = "Its scope; carillon:api opens /api.")
    private @Nullable String scope;

    @Option(names = "--info", paramLabel = "JSON", description = "An object that others see in presence.")
    private @Nullable String info;

    @Option(
            names = "--refresh",
            description = "A refresh token instead, good for one /api/token/refresh/ within auth.refresh-life.")
    private boolean refresh;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        AuthSettings auth = settings.read().auth();
        if (refresh && life != null) {
            throw new ParameterException(
                    spec.commandLine(), "--ttl does not go with --refresh: auth.refresh-life is its life");
        }
        if (life != null && life.toMillis() < 1000) {
            throw new ParameterException(spec.commandLine(), "--ttl must be at least 1s");
        }
        JsonObject claims = claims();
        Duration lasting = life == null ? auth.accessLife() : life;
        String token =
                sign(auth, signer -> refresh ? signer.refresh(user, claims) : signer.access(user, claims, lasting));
        PrintWriter out = spec.commandLine().getOut();
        out.println(token);
        out.flush();
    }

    /** Signs with a signer that lives as long as the call; blocks for the fraction of a second this takes. */
    static String sign(AuthSettings auth, Function<TokenSigner, String> make) {
        Vertx vertx = Vertx.vertx();
        try {
            return make.apply(new TokenSigner(vertx, auth, InstantSource.system()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure("--user: " + e.getMessage(), CarillonCommand.BAD_SETTING);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private JsonObject claims() {
        JsonObject claims = new JsonObject();
        if (!channels.isEmpty()) {
            claims.put("channels", new JsonArray(channels));
        }
        if (!publish.isEmpty()) {
            claims.put("publish", new JsonArray(publish));
        }
        if (scope != null) {
            claims.put("scope", scope);
        }
        JsonObject shown = info == null ? new JsonObject() : object(info);
        if (name != null) {
            shown.put("name", name);
        }
        return shown.isEmpty() ? claims : claims.put("info", shown);
    }

    private JsonObject object(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            throw new ParameterException(
                    spec.commandLine(), "--info must be a JSON object, such as '{\"team\":\"a\"}'");
        }
    }
}
