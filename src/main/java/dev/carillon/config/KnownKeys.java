package dev.carillon.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the key that somebody who wrote an unknown one most likely meant. */
final class KnownKeys {
    /** Every key of the tree, with {@code *} for a name that the operator chooses. */
    static final List<String> ALL = paths(SettingType.ROOT, "");

    private static final int MAX_LENGTH = 64;

    private KnownKeys() {}

    private static List<String> paths(SettingType section, String prefix) {
        List<String> paths = new ArrayList<>();
        section.keys().forEach((key, type) -> {
            String path = prefix + key;
            paths.add(path);
            if (type.kind() == SettingType.Kind.SECTION) {
                paths.addAll(paths(type, path + "."));
            } else if (type.isTableOfSections()) {
                paths.addAll(paths(type.elements(), path + ".*."));
            }
        });
        return paths;
    }

    /**
     * The key meant, first among those of the same section, then anywhere by its last part.
     *
     * @param prefix the section with its final dot, empty at the top
     * @return a full key; nothing if none is near
     */
    static Optional<String> nearest(String prefix, String unknown, Collection<String> siblings) {
        if (unknown.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Optional<String> sibling = nearest(unknown, siblings).map(key -> prefix + key);
        if (sibling.isPresent()) {
            return sibling;
        }
        for (String path : ALL) {
            if (lastPart(path).equals(plain(unknown)) || plain(path).equals(plain(unknown))) {
                return Optional.of(path);
            }
        }
        return nearest(prefix + unknown, ALL);
    }

    private static Optional<String> nearest(String unknown, Collection<String> keys) {
        String best = null;
        int least = Math.max(2, unknown.length() / 3) + 1;
        for (String key : keys) {
            int distance = distance(plain(unknown), plain(key));
            if (distance < least) {
                least = distance;
                best = key;
            }
        }
        return Optional.ofNullable(best);
    }

    private static String lastPart(String path) {
        return plain(path.substring(path.lastIndexOf('.') + 1));
    }

    // maxHeaderBytes, max_header_bytes and max-header-bytes are the same word to whoever wrote it.
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** Letters to insert, drop, replace, or swap with their neighbour. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, String b, int i, int j) {
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
