package dev.carillon.config;

import static dev.carillon.config.ConfigException.require;

import java.util.HashMap;
import java.util.Map;

/**
 * Everything a node can be told. Each class is handed its own section.
 *
 * @param dev development mode: keys made at the first start, demonstration namespaces, the demo at {@code /}
 * @param namespaces settings by namespace; a namespace that is not here does not exist. {@code user} and
 *     {@code online} are always here, with their built-in settings unless others are given
 */
public record Settings(
        boolean dev,
        HttpSettings http,
        TlsSettings tls,
        ClusterSettings cluster,
        BusSettings bus,
        AuthSettings auth,
        HeartbeatSettings heartbeat,
        PresenceSettings presence,
        LimitSettings limits,
        AdmissionSettings admission,
        TenantSettings tenants,
        ApiSettings api,
        DrainSettings drain,
        RebalanceSettings rebalance,
        TelemetrySettings telemetry,
        Map<String, NamespaceSettings> namespaces) {
    public static final Settings DEFAULTS = new Settings(
            false,
            HttpSettings.DEFAULTS,
            TlsSettings.DEFAULTS,
            ClusterSettings.DEFAULTS,
            BusSettings.DEFAULTS,
            AuthSettings.DEFAULTS,
            HeartbeatSettings.DEFAULTS,
            PresenceSettings.DEFAULTS,
            LimitSettings.DEFAULTS,
            AdmissionSettings.DEFAULTS,
            TenantSettings.DEFAULTS,
            ApiSettings.DEFAULTS,
            DrainSettings.DEFAULTS,
            RebalanceSettings.DEFAULTS,
            TelemetrySettings.DEFAULTS,
            Map.of());

    public Settings {
        for (String name : namespaces.keySet()) {
            require(
                    name.matches("[a-zA-Z0-9_.-]{1,64}"),
                    "namespaces." + name + ": a namespace is 1 to 64 letters, digits, '_', '-' or '.'");
        }
        Map<String, NamespaceSettings> all = new HashMap<>(namespaces);
        all.putIfAbsent("user", NamespaceSettings.USER);
        all.putIfAbsent("online", NamespaceSettings.ONLINE);
        require(
                all.get("user").subscribe().stream().allMatch(NamespaceSettings.Access.OWN::equals),
                "namespaces.user.subscribe must stay empty: personal channels are subscribed by the server alone");
        namespaces = Map.copyOf(all);
    }
}
