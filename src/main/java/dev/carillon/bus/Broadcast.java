package dev.carillon.bus;

import java.util.Map;

/**
 * What became of one publication for many.
 *
 * @param published how many have it
 * @param failed why the others do not, by channel or user as they were given
 */
public record Broadcast(int published, Map<String, CarillonException> failed) {
    public Broadcast {
        failed = Map.copyOf(failed);
    }
}
