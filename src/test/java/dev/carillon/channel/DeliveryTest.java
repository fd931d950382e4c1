package dev.carillon.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private static final WireForm FORM = event -> event.channel().value().getBytes(UTF_8);

    private final Delivery delivery = new Delivery();

    @Test
    void aTurnIsHeldUntilAllHaveIt() {
        Turn turn = turn("feed");
        ByteBuf bytes = turn.joined();
        Socket socket = new Socket();
        bring(turn, socket);
        assertThat(socket.calls).isEmpty();
        assertThat(bytes.refCnt()).isEqualTo(1);

        delivery.flush();

        assertThat(socket.calls).containsExactly("write and flush feed");
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void eachOfSeveralTurnsIsWrittenInOrderAndAllAreFlushedOnce() {
        Socket socket = new Socket();
        bring(turn("a"), socket);
        bring(turn("b"), socket);
        bring(turn("c"), socket);
        delivery.flush();
        bring(turn("d"), socket);
        delivery.flush();
        delivery.flush();

        assertThat(socket.calls).containsExactly("write a", "write b", "write c", "flush", "write and flush d");
    }

    @Test
    void whatCouldNotBeWrittenOnceIsNotWrittenLater() {
        Socket before = new Socket();
        Socket broken = new Socket();
        broken.fails = true;
        Socket after = new Socket();
        Turn first = turn("first");
        ByteBuf bytes = first.joined();
        bring(first, before, broken, after);
        assertThatThrownBy(delivery::flush).isInstanceOf(IllegalStateException.class);
        assertThat(bytes.refCnt()).isZero();

        broken.fails = false;
        bring(turn("second"), before, broken, after);
        delivery.flush();

        assertThat(before.calls).containsExactly("write and flush first", "write and flush second");
        assertThat(broken.calls).containsExactly("write and flush second");
        assertThat(after.calls).containsExactly("write and flush second");
    }

    private void bring(Turn turn, Socket... sockets) {
        delivery.add(turn);
        for (Socket socket : sockets) {
            delivery.bring(turn, socket);
        }
    }

    private static Turn turn(String channel) {
        return Turns.of(
                FORM,
                Turns.shared(List.of(
                        new Publication(new ChannelName(channel), StreamPosition.NONE, Payload.NULL, null, 0))));
    }

    private static final class Socket extends Subscriber {
        final List<String> calls = new ArrayList<>();
        boolean fails;

        @Override
        public WireForm form() {
            return FORM;
        }

        @Override
        public void write(Turn turn) {
            calls.add("write " + turn.joined().toString(UTF_8));
        }

        @Override
        public void flush() {
            calls.add("flush");
        }

        @Override
        public void writeAndFlush(Turn turn) {
            if (fails) {
                throw new IllegalStateException("for the test");
            }
            calls.add("write and flush " + turn.joined().toString(UTF_8));
        }

        @Override
        public void positionLost(ChannelName channel) {
            throw new AssertionError("nobody loses anything");
        }
    }
}
