package dev.carillon.it.chaos.scenario;

import dev.carillon.it.chaos.nodes.NodeSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What nodes say of who leaves, from a moment on: their logs keep what a look at the list now and then would miss. */
final class Membership {
    private static final Pattern LEFT = Pattern.compile(" (?:node|member) (\\S+) left; ");

    private final NodeSet nodes;
    private final List<Long> marks = new ArrayList<>();

    private Membership(NodeSet nodes) {
        this.nodes = nodes;
    }

    static Membership from(NodeSet nodes) {
        Membership since = new Membership(nodes);
        for (int place = 0; place < nodes.size(); place++) {
            since.marks.add(nodes.log(place).toFile().length());
        }
        return since;
    }

    /** Lines in which the node of a place says that some other left. */
    List<String> leaves(int place) {
        return read(place).lines().filter(line -> LEFT.matcher(line).find()).toList();
    }

    /** The most often that any node said of any other that it left. */
    int mostLeaves() {
        int most = 0;
        for (int place = 0; place < nodes.size(); place++) {
            List<String> who = leaves(place).stream()
                    .map(line -> LEFT.matcher(line)
                            .results()
                            .findFirst()
                            .orElseThrow()
                            .group(1))
                    .toList();
            most = Math.max(most, (int) who.stream()
                    .mapToLong(id -> who.stream().filter(id::equals).count())
                    .max()
                    .orElse(0));
        }
        return most;
    }

    private String read(int place) {
        try (RandomAccessFile file = new RandomAccessFile(nodes.log(place).toFile(), "r")) {
            file.seek(marks.get(place));
            byte[] bytes = new byte[(int) (file.length() - marks.get(place))];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
