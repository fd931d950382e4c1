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
}
