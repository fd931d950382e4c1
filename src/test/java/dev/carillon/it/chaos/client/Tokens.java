package dev.carillon.it.chaos.client;

import dev.carillon.auth.TokenSigner;
import dev.carillon.config.SettingsLoader;
import dev.carillon.config.SettingsSources;
import dev.carillon.it.chaos.nodes.NodeSettings;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tokens that all nodes of a run believe, one for each user. For any thread. */
final class Tokens {
    private static final Duration LIFE = Duration.ofHours(3);

    private final TokenSigner signer;
    private final Map<String, String> signed = new ConcurrentHashMap<>();

    Tokens(Vertx vertx) {
        signer = new TokenSigner(
                vertx,
                SettingsLoader.load(new SettingsSources(true, null, Map.of(), NodeSettings.common(), Path.of("target")))
                        .auth(),
                InstantSource.system());
    }

    String of(String user) {
        return signed.computeIfAbsent(user, u -> signer.access(u, new JsonObject(), LIFE));
    }
}
