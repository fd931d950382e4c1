package dev.carillon.api;

import dev.carillon.auth.Identity;
import java.util.Set;

/**
 * Who calls {@code /api}.
 *
 * @param name {@code key:} and the key's name, or {@code token:} and whose token it is; {@code anybody} where nothing is
 *     asked
 * @param tenant the one whose channels and users it reaches; empty if it may reach all
 * @param person whether it is somebody with a token, rather than a server with a key
 * @param scopes what a token allows; a key allows everything
 */
record Caller(String name, String tenant, boolean person, Set<String> scopes) {
    static final Caller ANYBODY = new Caller("anybody", "", false, Set.of());

    static Caller key(String name) {
        return new Caller("key:" + name, "", false, Set.of());
    }

    /** Whoever holds a key of a tenant. */
    static Caller keyOf(String tenant) {
        return new Caller("key", tenant, false, Set.of());
    }

    static Caller token(Identity who) {
        return new Caller("token:" + who.userId(), who.tenant(), true, who.scopes());
    }

    /** Whether it may hand on a scope: nobody gives more than it has. */
    boolean mayGrant(String scope) {
        return this != ANYBODY && (!person || scopes.contains(scope));
    }
}
