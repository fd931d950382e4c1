package dev.carillon.api;

import dev.carillon.channel.Tenant;
import dev.carillon.protocol.ProtocolException;
import dev.carillon.session.Gateway;
import dev.carillon.session.Operations;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What operators ask of the whole cluster. */
final class OperatorRoutes {
    private static final int DEFAULT_CHANNELS = 100;
    private static final int MAX_CHANNELS = 1000;
    private static final int DEFAULT_SAMPLES = 120;
    private static final int MAX_SAMPLES = 720;

    private final Gateway gateway;
    private final Operations operations;

    OperatorRoutes(Gateway gateway, Operations operations) {
        this.gateway = gateway;
        this.operations = operations;
    }

    Future<OperatorAnswer.Nodes> nodes(Call call) {
        return operations
                .nodes()
                .map(nodes -> OperatorAnswer.Nodes.of(gateway.self().id(), nodes));
    }

    Future<OperatorAnswer.Series> series(Call call) {
        String node = call.parameter("id");
        int samples = (int) call.body().integer("samples", 1, MAX_SAMPLES, DEFAULT_SAMPLES);
        return operations.series(node, samples).map(series -> new OperatorAnswer.Series(node, series));
    }

    Future<OperatorAnswer.Draining> drain(Call call) {
        String node = call.parameter("id");
        return operations
                .drain(node, call.body().flag("force"))
                .map(connections -> new OperatorAnswer.Draining(node, connections));
    }

    Future<OperatorAnswer.Channels> channels(Call call) {
        int limit = (int) call.body().integer("limit", 1, MAX_CHANNELS, DEFAULT_CHANNELS);
        return operations
                .channels(Tenant.key(call.body().tenant(), call.body().prefix()), sort(call.body()), limit)
                .map(channels -> new OperatorAnswer.Channels(
                        channels.stream().map(OperatorAnswer.Channel::of).toList()));
    }

    Future<OperatorAnswer.Channel> channel(Call call) {
        return operations.channel(call.body().channel()).map(OperatorAnswer.Channel::of);
    }

    Future<OperatorAnswer.User> user(Call call) {
        String key = call.body().userKey(Users.named(call.body()));
        return operations.user(key).map(report -> OperatorAnswer.User.of(report, gateway.blockedUntil(key)));
    }

    private static Operations.Sort sort(Fields body) {
        String wanted = body.optionalString("sort", Fields.MAX_NAME_BYTES);
        if (wanted == null) {
            return Operations.Sort.NAME;
        }
        return Arrays.stream(Operations.Sort.values())
                .filter(sort -> word(sort).equals(wanted))
                .findFirst()
                .orElseThrow(() -> ProtocolException.field(
                        "sort",
                        0,
                        "must be one of "
                                + Arrays.stream(Operations.Sort.values())
                                        .map(OperatorRoutes::word)
                                        .collect(Collectors.joining(", "))));
    }

    private static String word(Operations.Sort sort) {
        return sort.name().toLowerCase(Locale.ROOT);
    }
}
