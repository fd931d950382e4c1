package dev.carillon.channel.history;

import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import java.util.List;

/**
 * A part of a channel's stream.
 *
 * @param position of the newest publication, whether or not it is in the page
 * @param complete false if {@code since} was of another epoch or older than what is kept, so that the page has a hole
 *     before its first publication
 */
public record HistoryPage(StreamPosition position, List<Publication> publications, boolean complete) {
    public HistoryPage {
        publications = List.copyOf(publications);
    }

    /** The same, or as many of the first publications as have so many bytes of data together; one at least. */
    public HistoryPage within(long maxBytes) {
        long bytes = 0;
        for (int i = 0; i < publications.size(); i++) {
            bytes += publications.get(i).data().size();
            if (bytes > maxBytes && i > 0) {
                return new HistoryPage(position, publications.subList(0, i), complete);
            }
        }
        return this;
    }
}
