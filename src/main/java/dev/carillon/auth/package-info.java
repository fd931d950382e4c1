/** Tokens to identities, identities to permissions. */
@NullMarked
package dev.carillon.auth;

import org.jspecify.annotations.NullMarked;
