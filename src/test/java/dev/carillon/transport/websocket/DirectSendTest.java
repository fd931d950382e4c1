package dev.carillon.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets on the loopback interface, with buffers so small that the kernel seldom takes all. */
@Timeout(60)
class DirectSendTest {
    private final List<java.net.Socket> clients = new ArrayList<>();
    private @Nullable EventLoopGroup loops;

    @AfterEach
    void stop() throws IOException {
        for (java.net.Socket client : clients) {
            client.close();
        }
        if (loops != null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyByteArrivesOnceAndInOrderHoweverLittleTheKernelTakes(boolean hasAddress) throws Exception {
        Sockets sockets = epoll();
        Channel channel = sockets.accepted();
        Socket socket = Objects.requireNonNull(DirectSend.of(channel));
        java.net.Socket client = sockets.client();
        Random random = new Random(7);
        int direct = 0;
        int rests = 0;
        for (int round = 0; round < 30; round++) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = 0; i < 40; i++) {
                byte[] bytes = new byte[1 + random.nextInt(round % 2 == 0 ? 200 : 60_000)];
                random.nextBytes(bytes);
                expected.writeBytes(bytes);
                boolean likeAnyFrame = random.nextInt(8) == 0;
                switch (onLoop(channel, () -> give(channel, socket, bytes, hasAddress, likeAnyFrame))) {
                    case ALL -> direct++;
                    case SOME -> rests++;
                    default -> {}
                }
            }
            // Only now is anything read.
            assertThat(client.getInputStream().readNBytes(expected.size())).isEqualTo(expected.toByteArray());
            // What Netty had is gone, so that the next round begins directly again.
            awaitEmpty(channel);
        }
        assertThat(direct).as("buffers that the kernel took whole").isGreaterThan(100);
        assertThat(rests).as("buffers that it took in part").isGreaterThan(5);
        assertNothingMoreComes(channel, client);
    }

    private enum Outcome {
        ALL,
        SOME,
        NOTHING
    }

    private static Outcome give(
            Channel channel, Socket socket, byte[] bytes, boolean hasAddress, boolean likeAnyFrame) {
        ByteBuf shared = buffer(bytes, hasAddress);
        try {
            if (likeAnyFrame) {
                channel.writeAndFlush(shared.retainedDuplicate(), channel.voidPromise());
                return Outcome.NOTHING;
            }
            boolean wasEmpty = pending(channel) == 0;
            boolean sent = DirectSend.send(channel, socket, shared);
            assertThat(sent).as("it is sent if nothing is before it").isEqualTo(wasEmpty);
            assertThat(shared.readerIndex()).isZero();
            if (!sent) {
                channel.writeAndFlush(shared.retainedDuplicate(), channel.voidPromise());
                return Outcome.NOTHING;
            }
            return pending(channel) == 0 ? Outcome.ALL : Outcome.SOME;
        } finally {
            shared.release();
        }
    }

    @Test
    void theSharedBufferIsLetGoOnceTheRestIsSent() throws Exception {
        Sockets sockets = epoll();
        Channel channel = sockets.accepted();
        Socket socket = Objects.requireNonNull(DirectSend.of(channel));
        ByteBuf shared = buffer(new byte[400_000], true);

        assertThat(onLoop(channel, () -> DirectSend.send(channel, socket, shared)))
                .isTrue();
        assertThat(onLoop(channel, () -> pending(channel))).isPositive();
        assertThat(shared.refCnt()).isEqualTo(2);
        assertThat(sockets.client().getInputStream().readNBytes(400_000)).hasSize(400_000);
        awaitEmpty(channel);

        assertThat(shared.refCnt()).isEqualTo(1);
        shared.release();
    }

    @Test
    void nothingOvertakesWhatWasWrittenAndNotFlushed() throws Exception {
        Sockets sockets = epoll();
        Channel channel = sockets.accepted();
        Socket socket = Objects.requireNonNull(DirectSend.of(channel));

        boolean sent = onLoop(channel, () -> {
            channel.write(buffer(new byte[] {1}, true), channel.voidPromise());
            ByteBuf shared = buffer(new byte[] {2}, true);
            boolean direct = DirectSend.send(channel, socket, shared);
            channel.writeAndFlush(shared, channel.voidPromise());
            return direct;
        });

        assertThat(sent).isFalse();
        assertThat(sockets.client().getInputStream().readNBytes(2)).containsExactly(1, 2);
    }

    @Test
    void aDescriptorThatIsAnotherSocketsByNowIsNotWrittenTo() throws Exception {
        Channel closed = epoll().accepted();
        Socket socket = Objects.requireNonNull(DirectSend.of(closed));
        List<Socket> heirs = new ArrayList<>();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed.close().sync();
            // A new descriptor is the lowest that is free.
            do {
                heirs.add(Socket.newSocketStream());
            } while (last(heirs).intValue() != socket.intValue() && heirs.size() < 1_000);
            assertThat(last(heirs).intValue()).isEqualTo(socket.intValue());
            boolean unused = last(heirs).connect(server.getLocalSocketAddress());
            try (java.net.Socket peer = server.accept()) {
                ByteBuf shared = buffer(new byte[] {1}, true);
                boolean sent = onLoop(closed, () -> DirectSend.send(closed, socket, shared));
                shared.release();
                last(heirs).close();

                assertThat(sent).isFalse();
                assertThat(peer.getInputStream().read())
                        .as("what the heir's peer reads before its end")
                        .isEqualTo(-1);
            }
        } finally {
            for (Socket heir : heirs) {
                heir.close();
            }
        }
    }

    private static Socket last(List<Socket> sockets) {
        return sockets.get(sockets.size() - 1);
    }

    @Test
    void aPeerThatIsGoneEndsTheChannelAsInNettysWay() throws Exception {
        Sockets sockets = epoll();
        Channel channel = sockets.accepted();
        Socket socket = Objects.requireNonNull(DirectSend.of(channel));
        channel.config().setAutoRead(false);
        sockets.client().setSoLinger(true, 0);
        sockets.client().close();

        while (channel.isOpen()) {
            onLoop(channel, () -> {
                ByteBuf shared = buffer(new byte[100], true);
                if (!DirectSend.send(channel, socket, shared.duplicate())) {
                    channel.writeAndFlush(shared.retain(), channel.voidPromise());
                }
                shared.release();
                return null;
            });
        }

        assertThat(channel.closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void bytesThatAreEncryptedOrShapedOnTheirWayOutGoThatWay() throws Exception {
        Channel channel = epoll().accepted();
        assertThat(DirectSend.of(channel)).isNotNull();
        channel.pipeline().addFirst(new SslHandler(SSLContext.getDefault().createSSLEngine()));
        assertThat(DirectSend.of(channel)).isNull();

        Channel shaped = epoll().accepted();
        shaped.pipeline().addFirst(new ChannelTrafficShapingHandler(1_000, 0));
        assertThat(DirectSend.of(shaped)).isNull();
    }

    @Test
    void withoutEpollNothingIsSentDirectly() throws Exception {
        Channel channel =
                open(NioIoHandler.newFactory(), NioServerSocketChannel.class).accepted();

        assertThat(DirectSend.of(channel)).isNull();
    }

    private static ByteBuf buffer(byte[] bytes, boolean hasAddress) {
        ByteBuf buffer = hasAddress
                ? ByteBufAllocator.DEFAULT.directBuffer(bytes.length, bytes.length)
                : new WithoutAddress(bytes.length);
        return buffer.writeBytes(bytes);
    }

    private static long pending(Channel channel) {
        return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
    }

    private static void awaitEmpty(Channel channel) throws Exception {
        while (onLoop(channel, () -> pending(channel)) > 0) {
            Thread.onSpinWait();
        }
    }

    private static void assertNothingMoreComes(Channel channel, java.net.Socket client) throws Exception {
        channel.writeAndFlush(buffer(new byte[] {42}, true)).sync();
        assertThat(client.getInputStream().read()).isEqualTo(42);
        assertThat(client.getInputStream().available()).isZero();
    }

    private static <T> T onLoop(Channel channel, Callable<T> work) throws Exception {
        return channel.eventLoop().submit(work).get(20, TimeUnit.SECONDS);
    }

    private Sockets epoll() throws Exception {
        assumeTrue(Epoll.isAvailable(), "the native transport is for Linux");
        return open(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }

    private Sockets open(IoHandlerFactory io, Class<? extends ServerChannel> kind) throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, io);
        loops = group;
        BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(kind)
                .childOption(ChannelOption.SO_SNDBUF, 4096)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return new Sockets((InetSocketAddress) server.localAddress(), accepted);
    }

    private final class Sockets {
        private final InetSocketAddress address;
        private final BlockingQueue<Channel> accepted;

        Sockets(InetSocketAddress address, BlockingQueue<Channel> accepted) {
            this.address = address;
            this.accepted = accepted;
        }

        Channel accepted() throws Exception {
            java.net.Socket client = new java.net.Socket();
            clients.add(client);
            client.setReceiveBufferSize(4096);
            client.setSoTimeout(30_000);
            client.connect(address);
            Channel channel = Objects.requireNonNull(accepted.poll(30, TimeUnit.SECONDS));
            // Its initializer has left the pipeline.
            return onLoop(channel, () -> channel);
        }

        /** The other end of the channel that was accepted last. */
        java.net.Socket client() {
            return clients.get(clients.size() - 1);
        }
    }

    /** As all are where Java keeps addresses to itself. */
    private static final class WithoutAddress extends UnpooledDirectByteBuf {
        WithoutAddress(int capacity) {
            super(ByteBufAllocator.DEFAULT, capacity, capacity);
        }

        @Override
        public boolean hasMemoryAddress() {
            return false;
        }
    }
}
