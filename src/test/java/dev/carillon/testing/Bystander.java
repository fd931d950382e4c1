package dev.carillon.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;

/**
 * Two clients that mind their own business while others misbehave: what one says must reach the other, each message
 * once and in order, or the node no longer serves those who were there before.
 */
public final class Bystander {
    /** Connections that it has. */
    public static final int SOCKETS = 2;

    private static final String CHANNEL = "lobby:bystander";

    private final WsClient speaker;
    private final WsClient listener;
    private int said;

    public Bystander(TestNode node) {
        speaker = WsClient.login(node, "speaker");
        listener = WsClient.login(node, "bystander", CHANNEL);
    }

    /** Fails unless the next message reaches the bystander, none having been lost or doubled before. */
    public void assertStillServed() {
        int number = ++said;
        JsonObject answer = speaker.publish(1 + number, CHANNEL, number);
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("ack");
        JsonObject message = listener.next("message");
        assertThat(message.getInteger("data")).isEqualTo(number);
        assertThat(message.getLong("offset")).isEqualTo(number);
    }

    public void close() {
        speaker.close();
        listener.close();
    }
}
