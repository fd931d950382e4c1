package dev.carillon.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.UnavailableException;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.NamespaceSettings.Access;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulePermissionsTest {
    private static final Identity ALICE = new Identity(
            "",
            "alice",
            "",
            Instant.EPOCH,
            Instant.MAX,
            List.of("docs:7", "team:*", "user:*"),
            List.of("docs:8", "log*"),
            Set.of(),
            "{}");

    private final List<String> asked = new ArrayList<>();
    private Future<Boolean> answer = Future.succeededFuture(true);
    private Future<ChannelGrant> grant = Future.failedFuture(new AuthException(AuthException.Kind.INVALID, "no"));
    private int tokensRead;

    @Test
    void anyLetsEverybodyIn() {
        assertThat(maySubscribe(List.of(Access.ANY), "docs:1")).isTrue();
        assertThat(mayPublish(List.of(Access.ANY), "docs:1")).isTrue();
    }

    @Test
    void withoutRulesNobodyMayDoAnything() {
        assertThat(maySubscribe(List.of(), "docs:alice")).isFalse();
        assertThat(mayPublish(List.of(), "docs:alice")).isFalse();
    }

    @Test
    void aNamespaceWithoutSettingsPermitsNothing() {
        assertThat(maySubscribe(List.of(Access.ANY), "unknown:1")).isFalse();
        assertThat(mayPublish(List.of(Access.ANY), "unknown:1")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "docs:alice,true",
        "docs:alice:drafts,true",
        "docs:alice:,true",
        "docs:alicex,false",
        "docs:bob,false",
        "docs:bob:alice,false",
        "docs:,false",
        "docs,false",
        "docs:ALICE,false"
    })
    void ownIsTheChannelOfTheUser(String channel, boolean allowed) {
        assertThat(maySubscribe(List.of(Access.OWN), channel)).isEqualTo(allowed);
        assertThat(mayPublish(List.of(Access.OWN), channel)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "docs:7,true,false",
        "docs:71,false,false",
        "docs:8,false,true",
        "team:1,true,false",
        "team:,true,false",
        "team,false,false",
        "logs:1,false,true"
    })
    void aClaimNamesChannelsOrTheirBeginning(String channel, boolean subscribe, boolean publish) {
        assertThat(maySubscribe(List.of(Access.CLAIM), channel)).isEqualTo(subscribe);
        assertThat(mayPublish(List.of(Access.CLAIM), channel)).isEqualTo(publish);
    }

    @Test
    void aClaimCountsOnlyWhereTheNamespaceSaysSo() {
        assertThat(maySubscribe(List.of(Access.OWN, Access.TOKEN), "docs:7")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Access.class)
    void personalChannelsAreNobodysByCommand(Access rule) {
        grant = Future.succeededFuture(new ChannelGrant("*", Instant.MAX));
        assertThat(maySubscribe(List.of(rule), "user:alice", "token")).isFalse();
        assertThat(maySubscribe(List.of(rule), "user", "token")).isFalse();
        assertThat(mayPublish(List.of(rule), "user:alice")).isFalse();
    }

    @Test
    void theEventsOfPresenceAreReadAndNotWritten() {
        assertThat(maySubscribe(List.of(Access.ANY), "online")).isTrue();
        assertThat(mayPublish(List.of(Access.ANY), "online")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "docs:1,docs:1,true",
        "docs:*,docs:1,true",
        "*,docs:1,true",
        "docs:1,docs:12,false",
        "docs:12,docs:1,false"
    })
    void aChannelTokenOpensWhatItNames(String granted, String channel, boolean allowed) {
        grant = Future.succeededFuture(new ChannelGrant(granted, Instant.MAX));
        assertThat(maySubscribe(List.of(Access.TOKEN), channel, "token")).isEqualTo(allowed);
    }

    @Test
    void aChannelTokenThatIsNotBelievedMeansNo() {
        assertThat(maySubscribe(List.of(Access.TOKEN), "docs:1", "token")).isFalse();
        assertThat(tokensRead).isEqualTo(1);
    }

    @Test
    void aChannelTokenCountsOnlyWhereTheNamespaceSaysSo() {
        grant = Future.succeededFuture(new ChannelGrant("*", Instant.MAX));
        assertThat(maySubscribe(List.of(Access.OWN), "docs:1", "token")).isFalse();
        assertThat(mayPublish(List.of(Access.TOKEN), "docs:1")).isFalse();
        assertThat(tokensRead).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theApplicationIsAsked(boolean says) {
        answer = Future.succeededFuture(says);
        assertThat(maySubscribe(List.of(Access.ASK), "docs:1")).isEqualTo(says);
        assertThat(mayPublish(List.of(Access.ASK), "docs:2")).isEqualTo(says);
        assertThat(asked)
                .containsExactly("app.authorize subscribe alice s-1 docs:1", "app.authorize publish alice s-1 docs:2");
    }

    @Test
    void onlyAnAnswerIsFinal() {
        answer = Future.failedFuture("timeout");
        RulePermissions permissions = permissions(List.of(Access.ASK), this::ask);
        assertThat(permissions
                        .maySubscribe(ALICE, "s-1", new ChannelName("docs:1"), null)
                        .cause())
                .isInstanceOf(UnavailableException.class);
        assertThat(permissions
                        .mayPublish(ALICE, "s-1", new ChannelName("docs:1"))
                        .cause())
                .isInstanceOf(UnavailableException.class);
        answer = Future.succeededFuture(null);
        assertThat(maySubscribe(List.of(Access.ASK), "docs:1")).isFalse();
    }

    @Test
    void aChannelTokenThatWaitsInVainForItsTurnIsNotRefused() {
        grant = Future.failedFuture(new AuthException(AuthException.Kind.BUSY, "Try again later"));
        assertThat(permissions(List.of(Access.TOKEN), this::ask)
                        .maySubscribe(ALICE, "s-1", new ChannelName("docs:1"), "token")
                        .cause())
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void anAuthorizerThatThrowsDoesNotAnswer() {
        RulePermissions permissions = permissions(List.of(Access.ASK), (address, action, who, session, channel) -> {
            throw new IllegalStateException("closed");
        });
        assertThat(permissions
                        .mayPublish(ALICE, "s-1", new ChannelName("docs:1"))
                        .cause())
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void whatCostsNothingIsAskedFirst() {
        grant = Future.succeededFuture(new ChannelGrant("docs:9", Instant.MAX));
        List<Access> all = List.of(Access.ASK, Access.TOKEN, Access.CLAIM, Access.OWN);
        assertThat(maySubscribe(all, "docs:7", "token")).isTrue();
        assertThat(tokensRead).isZero();
        assertThat(maySubscribe(all, "docs:9", "token")).isTrue();
        assertThat(asked).isEmpty();
        assertThat(maySubscribe(all, "docs:10", "token")).isTrue();
        assertThat(asked).hasSize(1);
    }

    private boolean maySubscribe(List<Access> rules, String channel) {
        return maySubscribe(rules, channel, null);
    }

    private boolean maySubscribe(List<Access> rules, String channel, @Nullable String token) {
        return Outcome.of(permissions(rules, this::ask).maySubscribe(ALICE, "s-1", new ChannelName(channel), token));
    }

    private boolean mayPublish(List<Access> rules, String channel) {
        return Outcome.of(permissions(rules, this::ask).mayPublish(ALICE, "s-1", new ChannelName(channel)));
    }

    private Future<Boolean> ask(String address, String action, Identity who, String session, ChannelName channel) {
        asked.add(String.join(" ", address, action, who.userId(), session, channel.value()));
        return answer;
    }

    private RulePermissions permissions(List<Access> rules, Authorizer authorizer) {
        NamespaceSettings defaults = NamespaceSettings.DEFAULTS;
        NamespaceSettings namespace = new NamespaceSettings(
                rules,
                rules,
                "app.authorize",
                "",
                false,
                defaults.historySize(),
                defaults.historyTtl(),
                defaults.keyTtl(),
                false,
                false,
                false,
                defaults.maxDataBytes(),
                defaults.compressAboveBytes(),
                0,
                0,
                defaults.slowConsumer(),
                defaults.conflationKey(),
                Map.of());
        Authenticator tokens = new Authenticator() {
            @Override
            public Future<Identity> authenticate(String token) {
                throw new AssertionError();
            }

            @Override
            public Future<ChannelGrant> channelGrant(String token, String userId) {
                tokensRead++;
                return token.equals("token") && userId.equals("alice") ? grant : Future.failedFuture("another token");
            }
        };
        return new RulePermissions(
                Map.of(
                        "docs", namespace,
                        "team", namespace,
                        "logs", namespace,
                        "user", namespace,
                        "online", namespace),
                tokens,
                authorizer);
    }
}
