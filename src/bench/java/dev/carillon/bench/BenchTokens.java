package dev.carillon.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens for many users at once, signed with a development node's secret. {@code BenchTokens KEYS COUNT FILE} reads
 * the node's {@code .carillon/dev-keys.yaml} and writes a token a line, for the users {@code bench-0} and on.
 */
public final class BenchTokens {
    private static final int LIFE_SECONDS = 6 * 60 * 60;

    private BenchTokens() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 3 || !args[1].matches("[1-9]\\d{0,6}")) {
            System.err.println("usage: BenchTokens KEYS COUNT FILE");
            System.exit(2);
        }
        JsonNode secret = new YAMLMapper().readTree(Path.of(args[0]).toFile()).path("secret");
        if (!secret.isTextual()) {
            System.err.println(args[0] + " holds no secret; start a node with --dev first");
            System.exit(1);
        }
        Vertx vertx = Vertx.vertx();
        try {
            JWTAuth signer = JWTAuth.create(
                    vertx,
                    new JWTAuthOptions()
                            .addPubSecKey(
                                    new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(secret.textValue())));
            JWTOptions options = new JWTOptions().setAlgorithm("HS256").setExpiresInSeconds(LIFE_SECONDS);
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                tokens.add(signer.generateToken(new JsonObject().put("sub", "bench-" + i), options));
            }
            Files.write(Path.of(args[2]), tokens);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
