package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealingTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1, true",
        "0, 2, false",
        "1, 2, true",
        "0, 3, false",
        "1, 3, true",
        "1, 4, false",
        "2, 4, true",
        "1, 5, false",
        "2, 5, true"
    })
    void aNodeIsConfirmedByMoreThanHalfOfTheClusterWithItself(int knowing, int all, boolean enough) {
        assertThat(Healing.isEnough(knowing, all)).isEqualTo(enough);
    }
}
