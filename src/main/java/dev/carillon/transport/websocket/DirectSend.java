package dev.carillon.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a buffer that sockets share straight to the kernel. Netty's own way, a duplicate of the buffer, a walk through
 * the pipeline, an entry of the outbound queue and the accounts of it, costs as much again as the kernel spares, and
 * that for each socket. It is left only while Netty has nothing for the socket, so that nothing is overtaken; and it is
 * taken for whatever the kernel leaves. Confined to the channel's event loop.
 */
final class DirectSend {
    private DirectSend() {}

    /** The socket of a channel whose bytes pass nothing on their way out; null if they do, as with TLS, or without epoll. */
    static @Nullable Socket of(Channel channel) {
        if (!(channel instanceof EpollSocketChannel epoll)) {
            return null;
        }
        boolean isBare = epoll.pipeline().toMap().values().stream()
                .noneMatch(handler -> handler instanceof ChannelOutboundHandler);
        return isBare && epoll.fd() instanceof Socket socket ? socket : null;
    }

    /**
     * Sends all of a direct buffer, which stays the caller's and as it is.
     *
     * @param socket the channel's
     * @return false if nothing was done, and nothing may be, but in Netty's way
     */
    static boolean send(Channel channel, Socket socket, ByteBuf shared) {
        // There is none once the channel is being closed: its descriptor may be another socket's by now.
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null || queue.totalPendingWriteBytes() != 0 || !socket.isOpen()) {
            return false;
        }
        int sent;
        try {
            sent = send(socket, shared);
        } catch (IOException e) {
            return false; // Netty meets it as well, and ends the channel.
        }
        if (sent < shared.readableBytes()) {
            ByteBuf rest = shared.retainedSlice(shared.readerIndex() + sent, shared.readableBytes() - sent);
            channel.writeAndFlush(rest, channel.voidPromise());
        }
        return true;
    }

    private static int send(Socket socket, ByteBuf shared) throws IOException {
        if (shared.hasMemoryAddress()) {
            return socket.sendAddress(shared.memoryAddress(), shared.readerIndex(), shared.writerIndex());
        }
        ByteBuffer bytes = shared.internalNioBuffer(shared.readerIndex(), shared.readableBytes());
        return socket.send(bytes, bytes.position(), bytes.limit());
    }
}
