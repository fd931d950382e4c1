package dev.carillon.session;

import org.jspecify.annotations.Nullable;

/**
 * A node as an operator sees it.
 *
 * @param info what it last told the cluster
 * @param now what it answers at this moment; null if it does not within two seconds
 */
public record NodeReport(NodeInfo info, @Nullable NodeSample now) {}
