package dev.carillon.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/** Whatever an issuer has signed is claims or a refusal. */
class ClaimsFuzzTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @FuzzTest(maxDuration = "60s")
    void read(byte[] json) {
        Claims claims;
        try {
            claims = new Claims(new JsonObject(Buffer.buffer(json)));
        } catch (DecodeException | ClassCastException noObject) {
            return;
        }
        try {
            if (!Claims.isUserId(claims.identity().userId())) {
                throw new AssertionError("somebody who is nobody");
            }
            if (claims.application().containsKey("exp")) {
                throw new AssertionError("a claim that is not the application's");
            }
            if (claims.use() == Claims.Use.CHANNEL && claims.channel().isEmpty()) {
                throw new AssertionError("a channel token of no channel");
            }
            claims.requireTimes(NOW, Duration.ofSeconds(5));
            if (claims.expiresAt().isBefore(NOW.minusSeconds(5))) {
                throw new AssertionError("a token whose time is over");
            }
            claims.requireOrigin("issuer", "audience");
        } catch (AuthException refused) {
            if (refused.getMessage().length() > 100) {
                throw new AssertionError("a refusal too long, perhaps with what was sent");
            }
        }
    }
}
