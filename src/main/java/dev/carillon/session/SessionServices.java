package dev.carillon.session;

import dev.carillon.auth.Authenticator;
import dev.carillon.auth.Identity;
import dev.carillon.auth.Permissions;
import dev.carillon.channel.history.ChannelStore;
import dev.carillon.config.AuthSettings;
import dev.carillon.config.BusSettings;
import dev.carillon.config.HeartbeatSettings;
import dev.carillon.config.LimitSettings;
import dev.carillon.config.NamespaceSettings;
import dev.carillon.config.TenantSettings;
import dev.carillon.presence.PresenceStore;
import dev.carillon.presence.UserStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What all sessions of a node share.
 *
 * @param node id of this node
 * @param currentLimits as they are at each question
 * @param namespaces likewise
 * @param revoked whether an identity that was believed is no longer; local and cheap
 * @param leftovers closes what a user's former connections left on any node
 * @param clock the time of day
 */
public record SessionServices(
        String node,
        AuthSettings auth,
        HeartbeatSettings heartbeat,
        Supplier<LimitSettings> currentLimits,
        TenantSettings tenants,
        BusSettings bus,
        Map<String, NamespaceSettings> namespaces,
        DataRules dataRules,
        Authenticator authenticator,
        Predicate<Identity> revoked,
        Permissions permissions,
        ChannelStore channels,
        PresenceStore presence,
        UserStore users,
        Requests requests,
        Editor editor,
        SessionRegistry registry,
        Admission admission,
        SessionListener listener,
        Tracing tracing,
        Consumer<String> leftovers,
        InstantSource clock) {
    public LimitSettings limits() {
        return currentLimits.get();
    }
}
