package dev.carillon.auth;

import dev.carillon.config.AuthSettings;
import dev.carillon.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that tokens are verified with: {@code auth.secret} and what {@code auth.keys} names. Never empty: a node
 * without keys would have nobody to believe. Safe on any thread; reading replaces the keys in one step.
 */
public final class KeyRing {
    /** An unknown key id has the URLs read again, at most this often: issuers rotate their keys without telling. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    // Each attempt costs a verification, and whoever sends a token without a kid decides how often.
    private static final int MAX_ATTEMPTS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);

    private final Vertx vertx;
    private final InstantSource clock;
    private final KeySources sources;
    private final List<VerificationKey> secret;
    private final AtomicBoolean reading = new AtomicBoolean();

    // Written by the one reading that runs.
    private volatile Map<String, List<VerificationKey>> bySource;
    private volatile List<VerificationKey> all;
    private volatile Instant readAt;

    private KeyRing(Vertx vertx, AuthSettings settings, InstantSource clock) {
        if (settings.secret().isEmpty() && settings.keys().isEmpty()) {
            throw new ConfigException("auth.secret or auth.keys must be set, or nobody's tokens can be verified; "
                    + "make a secret with: openssl rand -base64 48");
        }
        this.vertx = vertx;
        this.clock = clock;
        sources = new KeySources(vertx);
        secret = settings.secret().isEmpty() ? List.of() : List.of(VerificationKey.ofSecret(vertx, settings.secret()));
        Map<String, List<VerificationKey>> unread = new LinkedHashMap<>();
        for (String source : settings.keys()) {
            unread.put(source, List.of());
        }
        bySource = unread;
        all = secret;
        readAt = clock.instant();
    }

    /** Reads all keys; fails with {@link ConfigException} if one cannot be read or none is given. */
    public static Future<KeyRing> load(Vertx vertx, AuthSettings settings, InstantSource clock) {
        KeyRing ring;
        try {
            ring = new KeyRing(vertx, settings, clock);
        } catch (ConfigException noKeys) {
            return Future.failedFuture(noKeys);
        }
        settings.keys().forEach(KeyRing::warnIfReadInClear);
        List<Future<Void>> readings = new ArrayList<>();
        Map<String, List<VerificationKey>> read = new LinkedHashMap<>(ring.bySource);
        for (String source : read.keySet()) {
            readings.add(ring.read(source)
                    .map(keys -> replace(read, source, keys))
                    .recover(cause -> Future.failedFuture(new ConfigException("auth.keys: " + source + ": "
                            + cause.getMessage() + "; each entry must be a readable PEM or JWKS file or a JWKS URL"))));
        }
        return Future.all(readings)
                .map(done -> {
                    ring.use(read);
                    return ring;
                })
                .recover(cause -> ring.close().transform(closed -> Future.failedFuture(cause)));
    }

    /**
     * Reads {@code auth.keys} again. A source that cannot be read keeps its old keys and costs one line of the log; the
     * future does not fail. While a reading runs another does nothing.
     */
    public Future<Void> reload() {
        if (!reading.compareAndSet(false, true)) {
            return Future.succeededFuture();
        }
        readAt = clock.instant();
        Map<String, List<VerificationKey>> read = new LinkedHashMap<>(bySource);
        List<Future<Void>> readings = new ArrayList<>();
        for (String source : bySource.keySet()) {
            readings.add(read(source).map(keys -> replace(read, source, keys)).otherwise(cause -> {
                LOG.warn("auth.keys: {}: {}; its old keys stay in use", source, cause.getMessage());
                return null;
            }));
        }
        return Future.all(readings)
                .onSuccess(done -> use(read))
                .onComplete(done -> reading.set(false))
                .mapEmpty();
    }

    /** Gives up what is open for reading. */
    public Future<Void> close() {
        return sources.close();
    }

    /**
     * The keys that may have signed a token, most likely first; empty if none can have. A {@code kid} chooses the keys
     * of that name, or else those without one.
     */
    List<VerificationKey> candidates(TokenHeader header) {
        List<VerificationKey> unnamed = new ArrayList<>(2);
        List<VerificationKey> named = new ArrayList<>(2);
        for (VerificationKey key : all) {
            if (!key.algorithm().equals(header.algorithm())) {
                continue;
            }
            if (key.id() == null || header.keyId() == null) {
                unnamed.add(key);
            } else if (key.id().equals(header.keyId())) {
                named.add(key);
            }
        }
        if (named.isEmpty() && header.keyId() != null) {
            lookAgain();
        }
        List<VerificationKey> chosen = named.isEmpty() ? unnamed : named;
        return chosen.size() > MAX_ATTEMPTS ? chosen.subList(0, MAX_ATTEMPTS) : chosen;
    }

    private void lookAgain() {
        boolean due = !clock.instant().isBefore(readAt.plus(LOOK_AGAIN));
        if (due && bySource.keySet().stream().anyMatch(KeySources::isUrl)) {
            reload().onSuccess(done -> LOG.info("auth.keys were read again for a token with an unknown kid"));
        }
    }

    private Future<List<VerificationKey>> read(String source) {
        return sources.text(source).map(text -> KeyDocument.read(vertx, text));
    }

    private static @Nullable Void replace(
            Map<String, List<VerificationKey>> read, String source, List<VerificationKey> keys) {
        synchronized (read) {
            read.put(source, keys);
        }
        return null;
    }

    private void use(Map<String, List<VerificationKey>> read) {
        List<VerificationKey> keys = new ArrayList<>(secret);
        read.values().forEach(keys::addAll);
        bySource = read;
        all = List.copyOf(keys);
        keys.stream()
                .collect(Collectors.groupingBy(VerificationKey::algorithm, Collectors.counting()))
                .forEach(KeyRing::warnIfTooMany);
        LOG.debug("tokens are verified with {}", keys);
    }

    private static void warnIfTooMany(String algorithm, long keys) {
        if (keys > MAX_ATTEMPTS) {
            LOG.warn(
                    "auth.keys: {} keys are for {}; a token is tried with {} at most, so it must name its key in kid",
                    keys,
                    algorithm,
                    MAX_ATTEMPTS);
        }
    }

    private static void warnIfReadInClear(String source) {
        if (!source.startsWith("http://")) {
            return;
        }
        try {
            String host = String.valueOf(URI.create(source).getHost());
            if (!host.equals("localhost") && !host.startsWith("127.") && !host.equals("[::1]")) {
                LOG.warn(
                        "auth.keys: {} is read without TLS: whoever sits between can put a key of their own there",
                        source);
            }
        } catch (IllegalArgumentException noUrl) {
            LOG.trace("the reading will say so", noUrl);
        }
    }
}
