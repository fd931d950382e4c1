package dev.carillon.it.chaos.check;

/**
 * What the faults of a run may do, beyond which the rules are as strict as they can be.
 *
 * @param lossAllowed streams may be lost, as when more nodes die at once than there are copies: then a subscriber that is
 *     told may miss what was acknowledged, and a publication may come again in the stream that follows
 * @param offlineForbidden no client is away for long enough to be announced as offline
 * @param laggards what the names of subscribers begin with that stop reading for longer than anything is kept for them:
 *     they may miss what they are told of; empty for none
 */
public record Expectations(boolean lossAllowed, boolean offlineForbidden, String laggards) {
    public static final Expectations STRICT = new Expectations(false, false, "");

    public Expectations withLoss() {
        return new Expectations(true, offlineForbidden, laggards);
    }

    public Expectations withoutOffline() {
        return new Expectations(lossAllowed, true, laggards);
    }

    public Expectations withLaggards(String beginning) {
        return new Expectations(lossAllowed, offlineForbidden, beginning);
    }

    boolean isLaggard(String name) {
        return !laggards.isEmpty() && name.startsWith(laggards);
    }
}
