package dev.carillon.ops;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Headcount;
import dev.carillon.session.Peers;
import dev.carillon.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/** What this node answers when another one, or itself, asks for an operator. Safe on any thread. */
final class OperatorAnswers {
    static final String SAMPLE = "sample";
    static final String SERIES = "series";
    static final String SESSIONS = "sessions";
    static final String TRAFFIC = "traffic";
    static final String MOST = "most";
    static final String DRAIN = "drain";

    private final NodeStatistics statistics;
    private final ChannelRates rates;
    private final Headcount headcount;
    private final SessionRegistry sessions;
    private final IntSupplier drain;

    /** @param drain begins to send this node's clients away; returns how many there are */
    OperatorAnswers(
            NodeStatistics statistics,
            ChannelRates rates,
            Headcount headcount,
            SessionRegistry sessions,
            IntSupplier drain) {
        this.statistics = statistics;
        this.rates = rates;
        this.headcount = headcount;
        this.sessions = sessions;
        this.drain = drain;
    }

    void open(Peers peers) {
        peers.answer(SAMPLE, question -> Future.succeededFuture(latest()));
        peers.answer(SERIES, this::series);
        peers.answer(SESSIONS, this::sessions);
        peers.answer(TRAFFIC, this::traffic);
        peers.answer(MOST, this::most);
        peers.answer(DRAIN, question -> Future.succeededFuture(new JsonObject().put("connections", drain.getAsInt())));
    }

    // Who has just asked for a drain looks at once whether it has begun.
    private JsonObject latest() {
        return OpsJson.of(statistics.latest()).put("draining", sessions.isDraining());
    }

    private Future<JsonObject> series(JsonObject question) {
        return Future.succeededFuture(list(statistics.last(question.getInteger("samples"))));
    }

    private Future<JsonObject> sessions(JsonObject question) {
        return sessions.reports(question.getString("user")).map(OperatorAnswers::list);
    }

    private static JsonObject list(List<?> records) {
        JsonArray list = new JsonArray();
        records.forEach(one -> list.add(OpsJson.of(one)));
        return new JsonObject().put("list", list);
    }

    /** What this node has to do with channels that are named. */
    private Future<JsonObject> traffic(JsonObject question) {
        List<ChannelName> names = question.getJsonArray("channels").stream()
                .map(name -> ChannelName.ofKey((String) name))
                .toList();
        return headcount.of(names).map(counts -> traffic(names, counts, rates.all()));
    }

    /** The same of those with the most publications or subscribers. */
    private Future<JsonObject> most(JsonObject question) {
        String prefix = question.getString("prefix");
        int limit = question.getInteger("limit");
        Map<ChannelName, Double> all = rates.all();
        if (question.getBoolean("subscribers")) {
            return headcount.most(prefix, limit).map(counts -> traffic(counts.keySet(), counts, all));
        }
        Set<ChannelName> busiest = new HashSet<>();
        all.entrySet().stream()
                .filter(entry -> entry.getKey().isUnder(prefix))
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(limit)
                .forEach(entry -> busiest.add(entry.getKey()));
        return Future.succeededFuture(traffic(busiest, new HashMap<>(), all));
    }

    private static JsonObject traffic(
            Collection<ChannelName> names, Map<ChannelName, Integer> subscribers, Map<ChannelName, Double> rates) {
        JsonObject traffic = new JsonObject();
        for (ChannelName name : names) {
            int heads = subscribers.getOrDefault(name, 0);
            double rate = rates.getOrDefault(name, 0.0);
            if (heads > 0 || rate > 0) {
                traffic.put(
                        name.key(), new JsonObject().put("subscribers", heads).put("rate", rate));
            }
        }
        return traffic;
    }
}
