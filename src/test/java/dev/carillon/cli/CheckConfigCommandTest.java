package dev.carillon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckConfigCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "open:1    | yes: any user may                                | no: only servers do",
                "mine:ann  | yes: it is the user's own                        | yes: it is the user's own",
                "mine:annA | no: it is not the user's own                     | no: it is not the user's own",
                "chat:1    | if the token's claim 'channels' names the channel, or a channel token is given, or the verticle at chat.may says so | if the verticle at chat.may says so",
                "user:ann  | yes: the node does it when the user comes        | no: only servers do",
                "user:bob  | no: it is another user's                         | no: only servers do",
                "online    | yes: any user may                                | no: only nodes do",
                "$nodes    | if the token's scope holds carillon:api, and it has no tenant | no: only nodes do",
                "nowhere   | no: the settings have no such namespace          | no: the settings have no such namespace"
            })
    void rulesAreExplained(String channel, String subscribe, String publish) {
        Run run = explain("ann", channel);

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).containsExactly("subscribe: " + subscribe, "publish: " + publish);
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void whatIsNoChannelIsABadArgument() {
        Run run = explain("ann", "a b");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--explain: the channel");
    }

    private static Run explain(String user, String channel) {
        return Run.of(
                "check-config",
                "--dev",
                "--set",
                "namespaces.open={subscribe: any}",
                "--set",
                "namespaces.mine={subscribe: own, publish: own}",
                "--set",
                "namespaces.chat={subscribe: [claim, token, ask], publish: ask, authorize: chat.may}",
                "--set",
                "namespaces.online={subscribe: any}",
                "--explain",
                user,
                channel);
    }
}
