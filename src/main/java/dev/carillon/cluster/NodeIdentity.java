package dev.carillon.cluster;

import java.security.SecureRandom;

/**
 * Who this node is, from start to stop.
 *
 * @param id unlike any other, in the cluster and over time
 * @param version of the software
 */
public record NodeIdentity(String id, String version) {
    /** The Hazelcast member attribute that holds the id. */
    static final String ATTRIBUTE = "carillon.node";

    private static final int ID_LENGTH = 10;

    /** A new identity. */
    public static NodeIdentity fresh(String version) {
        return new NodeIdentity(random(ID_LENGTH), version);
    }

    /** Letters and digits that nobody guesses. */
    public static String random(int length) {
        SecureRandom random = new SecureRandom();
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(Character.forDigit(random.nextInt(36), 36));
        }
        return text.toString();
    }
}
