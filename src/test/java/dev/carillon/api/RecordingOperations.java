package dev.carillon.api;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.session.ChannelReport;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.NodeReport;
import dev.carillon.session.NodeSample;
import dev.carillon.session.Operations;
import dev.carillon.session.SessionReport;
import dev.carillon.session.UserReport;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes down what it is asked, and answers the same every time. */
final class RecordingOperations implements Operations {
    static final Instant THEN = RecordingGateway.THEN;

    final List<String> calls = new ArrayList<>();

    static NodeSample sample(boolean ready, boolean majority, boolean safe, boolean draining) {
        return new NodeSample(
                "n1",
                THEN.plusSeconds(2),
                1000,
                ready,
                majority,
                safe,
                draining,
                4,
                9,
                3,
                0.5,
                0.25,
                0,
                0,
                0,
                Map.of("4004", 2L),
                10,
                1.5,
                2.5,
                0,
                new NodeSample.Percentiles(1, 2, 3, 4),
                null,
                0,
                0,
                0,
                0,
                0,
                0,
                0.25,
                1024,
                4096);
    }

    static NodeInfo node(String id) {
        return new NodeInfo(id, "0.1.0", "127.0.0.1:8080", "", false, THEN, 4, 9L, 1.5, 2.5, 0.25, 1024L, THEN);
    }

    @Override
    public Future<List<NodeReport>> nodes() {
        return Future.succeededFuture(List.of(
                new NodeReport(node("n1"), sample(true, true, true, false)),
                new NodeReport(node("n2"), null),
                new NodeReport(node("n3"), sample(true, true, false, false)),
                new NodeReport(node("n4"), sample(false, false, true, false)),
                new NodeReport(node("n5"), sample(false, true, true, true))));
    }

    @Override
    public Future<List<NodeSample>> series(String node, int samples) {
        calls.add("series " + node + " " + samples);
        return Future.succeededFuture(List.of(sample(true, true, true, false)));
    }

    @Override
    public Future<List<ChannelReport>> channels(String prefix, Sort sort, int limit) {
        calls.add("channels " + prefix + " " + sort + " " + limit);
        return Future.succeededFuture(
                List.of(report("feed"), new ChannelReport("tick", StreamPosition.NONE, 0, 0, 0, 0, "", List.of())));
    }

    private static ChannelReport report(String channel) {
        return new ChannelReport(
                channel,
                new StreamPosition("e1", 7),
                5,
                2,
                3,
                1.5,
                "n1",
                List.of(new ChannelReport.Part("n1", 3, 0.5), new ChannelReport.Part("n2", 0, 1.0)));
    }

    @Override
    public Future<ChannelReport> channel(ChannelName channel) {
        calls.add("channel " + channel);
        return Future.succeededFuture(report(channel.key()));
    }

    @Override
    public Future<UserReport> user(String userId) {
        calls.add("user " + userId);
        return Future.succeededFuture(new UserReport(
                new UserStatus(
                        userId,
                        true,
                        List.of(new UserSession("s1", "n1", "phone", "websocket", 1)),
                        2,
                        "{\"name\":\"A\"}"),
                List.of(new SessionReport(
                        "s1",
                        userId,
                        "n1",
                        "phone",
                        "websocket",
                        THEN,
                        THEN,
                        "t1",
                        THEN,
                        2,
                        List.of("a:1", "feed"),
                        List.of("a:1"))),
                report("user:" + userId)));
    }

    @Override
    public Future<Integer> drain(String node, boolean force) {
        calls.add("drain " + node + " " + force);
        return Future.succeededFuture(12);
    }
}
