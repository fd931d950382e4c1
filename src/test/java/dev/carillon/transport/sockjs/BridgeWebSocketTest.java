package dev.carillon.transport.sockjs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.protocol.CloseCode;
import dev.carillon.testing.TransportServer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On a channel whose clock the test moves. */
class BridgeWebSocketTest {
    private static final long BEAT_MILLIS = 25_000;
    private static final int HEADER = 2;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void overSockJsAClientIsGreetedAndKeptAliveUntilItsConnectionCloses() {
        BridgeWebSocket socket = socket(BridgeFraming.SOCKJS);
        socket.greet(BEAT_MILLIS);
        assertThat(after(0)).containsExactly("o");
        assertThat(after(BEAT_MILLIS - 1)).isEmpty();
        assertThat(after(1)).containsExactly("h");
        assertThat(after(BEAT_MILLIS)).containsExactly("h");

        socket.close(CloseCode.DRAINING);
        assertThat(after(0)).hasSize(3).element(1).asString().startsWith("c[4010,");
        assertThat(after(BEAT_MILLIS)).isEmpty();
    }

    @Test
    void whereNothingIsAroundMessagesThereIsNoGreetingAndNoHeartbeat() {
        BridgeWebSocket socket = socket(BridgeFraming.RAW);
        socket.greet(BEAT_MILLIS);
        assertThat(after(0)).isEmpty();
        assertThat(after(10 * BEAT_MILLIS)).isEmpty();

        socket.post("{}".getBytes(UTF_8));
        assertThat(after(0)).containsExactly("{}");
    }

    private BridgeWebSocket socket(BridgeFraming framing) {
        channel.freezeTime();
        return new BridgeWebSocket(channel, TransportServer.slow(TransportServer.limits(1024, 3, 100)), framing);
    }

    /** What is written until so much later: the payloads of short frames. */
    private List<String> after(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        List<String> payloads = new ArrayList<>();
        ByteBuf written;
        while ((written = channel.readOutbound()) != null) {
            while (written.isReadable()) {
                int size = written.skipBytes(HEADER - 1).readUnsignedByte();
                if (size == 126) {
                    size = written.readUnsignedShort();
                }
                payloads.add(written.readCharSequence(size, UTF_8).toString());
            }
            written.release();
        }
        return payloads;
    }
}
