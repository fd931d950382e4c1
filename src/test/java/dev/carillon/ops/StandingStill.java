package dev.carillon.ops;

/** A node alone that does nothing. */
final class StandingStill implements NodeStanding {
    @Override
    public String id() {
        return "n1";
    }

    @Override
    public String version() {
        return "1.0";
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isDraining() {
        return false;
    }

    @Override
    public boolean hasMajority() {
        return true;
    }

    @Override
    public boolean hasCopies() {
        return true;
    }

    @Override
    public long nodes() {
        return 1;
    }

    @Override
    public long partitions() {
        return 271;
    }

    @Override
    public long subscriptions() {
        return 0;
    }

    @Override
    public long arriving() {
        return 0;
    }

    @Override
    public long insistedOn() {
        return 0;
    }

    @Override
    public long givenUp() {
        return 0;
    }
}
