package dev.carillon.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OriginsTest {
    private static final String HOST = "node.example.org:8080";

    @Test
    void withoutSettingsOnlyTheNodesOwnPagesAreAllowed() {
        Origins origins = origins();
        assertThat(origins.allows("https://NODE.example.org:8080", HOST)).isTrue();
        assertThat(origins.allows("http://other.example.org", HOST)).isFalse();
        assertThat(origins.allows("https://evil.org", HOST)).isFalse();
        assertThat(origins.allows("null", HOST)).isFalse();
        assertThat(origins.allows("https://evil.org", null)).isFalse();
    }

    @Test
    void aNamedOriginIsAllowedAndTrustedExactly() {
        Origins origins = origins("https://app.example.org");
        assertThat(origins.allows("https://app.example.org", HOST)).isTrue();
        assertThat(origins.trusts("https://app.example.org", HOST)).isTrue();
        assertThat(origins.allows("http://app.example.org", HOST)).isFalse();
        assertThat(origins.allows("https://app.example.org.evil.org", HOST)).isFalse();
    }

    @Test
    void aStarAllowsEveryPageButTrustsNone() {
        Origins origins = origins("*");
        assertThat(origins.allows("https://anywhere.org", HOST)).isTrue();
        assertThat(origins.trusts("https://anywhere.org", HOST)).isFalse();
        assertThat(origins.trusts("https://node.example.org:8080", HOST)).isTrue();
    }

    private static Origins origins(String... named) {
        return new Origins(List.of(named));
    }
}
