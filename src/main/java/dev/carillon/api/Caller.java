package dev.carillon.api;

import java.util.Set;

/**
 * Who calls {@code /api}.
 *
 * @param name {@code key:} and the key's name, or {@code token:} and whose token it is; {@code anybody} where nothing is
 *     asked
 * @param person whether it is somebody with a token, rather than a server with a key
 * @param scopes what a token allows; a key allows everything
 */
record Caller(String name, boolean person, Set<String> scopes) {
    static final Caller ANYBODY = new Caller("anybody", false, Set.of());

    static Caller key(String name) {
        return new Caller("key:" + name, false, Set.of());
    }

    static Caller token(String userId, Set<String> scopes) {
        return new Caller("token:" + userId, true, scopes);
    }

    /** Whether it may hand on a scope: nobody gives more than it has. */
    boolean mayGrant(String scope) {
        return this != ANYBODY && (!person || scopes.contains(scope));
    }
}
