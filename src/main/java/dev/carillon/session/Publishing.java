package dev.carillon.session;

import dev.carillon.auth.Identity;
import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.ErrorCode;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.protocol.ServerFrame;
import io.vertx.core.Future;

/**
 * What one session publishes: permitted, edited where the namespace says so, and appended in the order it came. Confined
 * to the session's event loop.
 */
final class Publishing {
    private final ClientSession session;
    private final SessionServices services;
    private final EventLoopServices loop;
    private final Channels channels;
    private final Answers answers;
    private final InOrder order;

    Publishing(
            ClientSession session,
            SessionServices services,
            EventLoopServices loop,
            Channels channels,
            Answers answers) {
        this.session = session;
        this.services = services;
        this.loop = loop;
        this.channels = channels;
        this.answers = answers;
        this.order = new InOrder(loop);
    }

    /** @throws ProtocolException if it is refused at once */
    void publish(Identity who, ClientFrame.Publish publish) {
        long id = publish.id();
        ChannelName channel = channels.name(publish.channel(), id);
        String through = channels.namespace(channel, id).publishThrough();
        if (through.isEmpty()) {
            services.dataRules().check(channel, publish.data(), id);
        } else {
            services.dataRules().checkSize(channel, publish.data(), id);
        }
        long waitMillis = channels.publishWait(channel, id);
        if (waitMillis > 0) {
            session.send(Answers.rateLimited(id, waitMillis));
            return;
        }
        answers.begin(id);
        order.add(admitted(who, publish, channel, through), data -> {
            if (session.isClosed()) {
                return;
            }
            if (data.succeeded()) {
                append(who, publish, channel, data.result());
            } else {
                answers.fail(id, channel.value(), data.cause());
            }
        });
    }

    /** What is to be published, if that is allowed. */
    private Future<Payload> admitted(Identity who, ClientFrame.Publish publish, ChannelName channel, String through) {
        return services.permissions().mayPublish(who, session.id(), channel).compose(may -> {
            if (!may) {
                return Future.failedFuture(new ProtocolException(ErrorCode.PERMISSION_DENIED, publish.id()));
            }
            return through.isEmpty() ? Future.succeededFuture(publish.data()) : edited(who, publish, channel, through);
        });
    }

    private Future<Payload> edited(Identity who, ClientFrame.Publish publish, ChannelName channel, String through) {
        return services.editor()
                .edit(through, who, session.id(), channel, publish)
                .map(data -> {
                    services.dataRules().check(channel, data, publish.id());
                    return data;
                });
    }

    private void append(Identity who, ClientFrame.Publish publish, ChannelName channel, Payload data) {
        Draft draft =
                new Draft(data, who.userId(), publish.key(), services.clock().millis(), publish.traceparent());
        answers.answer(
                publish.id(),
                channel.value(),
                loop.publisher()
                        .publish(channel, draft)
                        .onSuccess(ack -> services.listener().published(channel.namespace())),
                ack -> new ServerFrame.Acknowledged(publish.id(), channel.value(), ack));
    }
}
