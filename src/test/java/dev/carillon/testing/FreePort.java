package dev.carillon.testing;

/** A port that nobody listens on now. */
public final class FreePort {
    private FreePort() {}

    public static int find() {
        return FreePorts.pick(1).get(0);
    }
}
