package dev.carillon.ops;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.StreamPosition;
import dev.carillon.channel.UnavailableException;
import dev.carillon.presence.UserSession;
import dev.carillon.presence.UserStatus;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.ChannelCensus;
import dev.carillon.session.ChannelInfo;
import dev.carillon.session.ChannelReport;
import dev.carillon.session.Gateway;
import dev.carillon.session.NodeInfo;
import dev.carillon.session.NodeReport;
import dev.carillon.session.NodeSample;
import dev.carillon.session.Operations;
import dev.carillon.session.Peers;
import dev.carillon.session.SessionReport;
import dev.carillon.session.UserReport;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts together what owners know and what nodes answer. Safe on any thread. */
final class ClusterOperations implements Operations {
    private static final JsonObject NOTHING = new JsonObject();

    private final Gateway gateway;
    private final Peers peers;
    private final ChannelCensus census;

    ClusterOperations(Gateway gateway, Peers peers, ChannelCensus census) {
        this.gateway = gateway;
        this.peers = peers;
        this.census = census;
    }

    @Override
    public Future<List<NodeReport>> nodes() {
        return gateway.nodes()
                .compose(infos -> peers.ask(ids(infos), OperatorAnswers.SAMPLE, NOTHING)
                        .map(answers -> infos.stream()
                                .map(info -> new NodeReport(info, sample(answers.get(info.id()))))
                                .toList()));
    }

    private static Set<String> ids(List<NodeInfo> infos) {
        return infos.stream().map(NodeInfo::id).collect(Collectors.toSet());
    }

    private static @Nullable NodeSample sample(@Nullable JsonObject answer) {
        return answer == null ? null : OpsJson.to(NodeSample.class, answer);
    }

    @Override
    public Future<List<NodeSample>> series(String node, int samples) {
        return asked(node, OperatorAnswers.SERIES, new JsonObject().put("samples", samples))
                .map(answer -> list(NodeSample.class, answer));
    }

    /** Fails if the node is none, or does not answer. */
    private Future<JsonObject> asked(String node, String what, JsonObject question) {
        if (!peers.ids().contains(node)) {
            return Future.failedFuture(
                    ProtocolException.field("node", 0, "is no node of the cluster now; /api/nodes names them"));
        }
        return peers.ask(Set.of(node), what, question)
                .compose(answers -> answers.isEmpty()
                        ? Future.failedFuture(new UnavailableException("node " + node + " does not answer"))
                        : Future.succeededFuture(answers.get(node)));
    }

    private static <T> List<T> list(Class<T> type, JsonObject answer) {
        return answer.getJsonArray("list").stream()
                .map(one -> OpsJson.to(type, (JsonObject) one))
                .toList();
    }

    @Override
    public Future<List<ChannelReport>> channels(String prefix, Sort sort, int limit) {
        Comparator<ChannelReport> order = order(sort);
        return candidates(prefix, sort, limit)
                .compose(this::reports)
                .map(reports -> reports.stream().sorted(order).limit(limit).toList());
    }

    private Future<List<ChannelInfo>> candidates(String prefix, Sort sort, int limit) {
        return switch (sort) {
            case NAME -> census.first(prefix, ChannelCensus.Order.NAME, limit);
            case MEMBERS -> census.first(prefix, ChannelCensus.Order.MEMBERS, limit);
            case KEPT -> census.first(prefix, ChannelCensus.Order.KEPT, limit);
            case RATE, SUBSCRIBERS -> most(prefix, sort, limit);
        };
    }

    /** Those with the most on any node: of a channel that is spread evenly each node has its share. */
    private Future<List<ChannelInfo>> most(String prefix, Sort sort, int limit) {
        JsonObject question =
                new JsonObject().put("prefix", prefix).put("limit", limit).put("subscribers", sort == Sort.SUBSCRIBERS);
        return peers.ask(peers.ids(), OperatorAnswers.MOST, question).compose(answers -> {
            Set<ChannelName> names = new HashSet<>();
            answers.values().forEach(answer -> answer.fieldNames().forEach(name -> names.add(ChannelName.ofKey(name))));
            return known(names);
        });
    }

    /** What owners know of channels; of one that they do not, that nothing is kept. */
    private Future<List<ChannelInfo>> known(Collection<ChannelName> names) {
        return census.of(names).map(infos -> {
            Set<String> found = infos.stream().map(ChannelInfo::channel).collect(Collectors.toSet());
            List<ChannelInfo> all = new ArrayList<>(infos);
            names.stream()
                    .filter(name -> !found.contains(name.key()))
                    .forEach(name -> all.add(new ChannelInfo(name.key(), StreamPosition.NONE, 0, 0, "", List.of())));
            return all;
        });
    }

    private Future<List<ChannelReport>> reports(List<ChannelInfo> infos) {
        JsonArray names = new JsonArray(infos.stream().map(ChannelInfo::channel).toList());
        return peers.ask(peers.ids(), OperatorAnswers.TRAFFIC, new JsonObject().put("channels", names))
                .map(answers -> {
                    Map<String, List<ChannelReport.Part>> parts = new HashMap<>();
                    answers.forEach((node, answer) -> answer.fieldNames()
                            .forEach(channel -> parts.computeIfAbsent(channel, name -> new ArrayList<>())
                                    .add(part(node, answer.getJsonObject(channel)))));
                    return infos.stream()
                            .map(info -> report(info, parts.getOrDefault(info.channel(), List.of())))
                            .toList();
                });
    }

    private static ChannelReport.Part part(String node, JsonObject traffic) {
        return new ChannelReport.Part(node, traffic.getInteger("subscribers"), traffic.getDouble("rate"));
    }

    private static ChannelReport report(ChannelInfo info, List<ChannelReport.Part> parts) {
        return new ChannelReport(
                info.channel(),
                info.position(),
                info.kept(),
                info.members(),
                parts.stream().mapToInt(ChannelReport.Part::subscribers).sum(),
                parts.stream()
                        .mapToDouble(ChannelReport.Part::publishesPerSecond)
                        .sum(),
                info.owner(),
                parts.stream()
                        .sorted(Comparator.comparing(ChannelReport.Part::node))
                        .toList());
    }

    private static Comparator<ChannelReport> order(Sort sort) {
        Comparator<ChannelReport> byName = Comparator.comparing(ChannelReport::channel);
        return switch (sort) {
            case NAME -> byName;
            case RATE ->
                Comparator.comparingDouble(ChannelReport::publishesPerSecond)
                        .reversed()
                        .thenComparing(byName);
            case SUBSCRIBERS ->
                Comparator.comparingInt(ChannelReport::subscribers).reversed().thenComparing(byName);
            case MEMBERS ->
                Comparator.comparingInt(ChannelReport::members).reversed().thenComparing(byName);
            case KEPT -> Comparator.comparingInt(ChannelReport::kept).reversed().thenComparing(byName);
        };
    }

    @Override
    public Future<ChannelReport> channel(ChannelName channel) {
        return known(List.of(channel)).compose(this::reports).map(reports -> reports.get(0));
    }

    @Override
    public Future<UserReport> user(String userKey) {
        Future<UserStatus> status = gateway.user(userKey);
        Future<ChannelReport> personal = channel(ChannelName.ofUserKey(userKey));
        Future<List<SessionReport>> sessions = status.compose(known -> sessions(known));
        return Future.all(status, sessions, personal)
                .map(all -> new UserReport(status.result(), sessions.result(), personal.result()));
    }

    private Future<List<SessionReport>> sessions(UserStatus status) {
        Set<String> nodes = status.sessions().stream()
                .map(UserSession::node)
                .filter(peers.ids()::contains)
                .collect(Collectors.toSet());
        return peers.ask(nodes, OperatorAnswers.SESSIONS, new JsonObject().put("user", status.userId()))
                .map(answers -> answers.values().stream()
                        .flatMap(answer -> list(SessionReport.class, answer).stream())
                        .sorted(Comparator.comparing(SessionReport::since))
                        .toList());
    }

    @Override
    public Future<Integer> drain(String node, boolean force) {
        return gateway.nodes().compose(nodes -> {
            boolean others = nodes.stream().anyMatch(other -> !other.id().equals(node) && !other.draining());
            return others || force
                    ? asked(node, OperatorAnswers.DRAIN, NOTHING).map(answer -> answer.getInteger("connections"))
                    : Future.failedFuture(ProtocolException.field(
                            "node", 0, "is the last one that takes clients; they would have nowhere to go"));
        });
    }
}
