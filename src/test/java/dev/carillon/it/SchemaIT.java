package dev.carillon.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import dev.carillon.testing.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A namespace whose schema is none keeps a node from starting, which leaves nothing behind. */
@Timeout(60)
class SchemaIT {
    @Test
    void aSchemaThatIsNoneStopsTheStart() {
        int members = Hazelcast.getAllHazelcastInstances().size();

        assertThatThrownBy(() -> TestNode.start("namespaces.typed={schema: {$ref: \"#/nowhere\"}}"))
                .hasMessageContaining("namespaces.typed.schema is no JSON Schema");

        assertThat(Hazelcast.getAllHazelcastInstances()).hasSize(members);
    }
}
