package dev.carillon.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.SerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import dev.carillon.config.ClusterSettings;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.rmi.RemoteException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.management.BadAttributeValueExpException;
import javax.swing.event.EventListenerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of objects that another member sends, by the settings that every node's member has. */
class DeserializationFilterTest {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final SerializationService sender = new DefaultSerializationServiceBuilder().build();
    private final SerializationService node =
            new DefaultSerializationServiceBuilder().setConfig(serialization()).build();

    private static SerializationConfig serialization() {
        return HazelcastMember.config(ClusterSettings.DEFAULTS, new NodeIdentity("n1", "1.0"))
                .getSerializationConfig();
    }

    /** Does something as soon as it is made, as those do that attacks are built from. */
    private static final class Stranger implements Serializable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) {
            MADE.incrementAndGet();
        }
    }

    static Stream<Serializable> strangers() {
        return Stream.of(
                new Stranger(),
                // What begins many a chain, and belongs to every Java.
                new BadAttributeValueExpException("text"),
                new EventListenerList(),
                new RemoteException("text"),
                new ArrayList<>(List.of(new Stranger())),
                new Stranger[] {new Stranger()});
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void whatIsNotOfJavaVertxOrHazelcastIsNotMade(Serializable stranger) {
        Data sent = sender.toData(stranger);
        int before = MADE.get();

        assertThatThrownBy(() -> node.toObject(sent)).hasRootCauseInstanceOf(SecurityException.class);

        assertThat(MADE).hasValue(before);
        assertThat(sender.<Serializable>toObject(sent)).as("without the filter").isNotNull();
    }

    @Test
    void whatNodesSendIs() {
        ArrayList<Serializable> sent = new ArrayList<>(List.of(Duration.ofSeconds(5), "text", new long[] {1}));

        assertThat(node.<List<?>>toObject(sender.toData(sent))).hasSize(3);
        assertThat(node.<Throwable>toObject(sender.toData(new HazelcastSerializationException("why"))))
                .hasMessage("why");
    }
}
