package dev.carillon.it.chaos.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What happened in a run, good or bad. */
public final class Counts {
    /** Publications, each counted once however often it was sent. */
    public long published;

    public long acked;

    /** Sends of a publication after its first. */
    public long repeated;

    public long duplicateAcks;
    public long delivered;
    public long replayed;
    public long announcements;
    public long reconnects;
    public long recoveriesComplete;
    public long recoveriesIncomplete;
    public long positionsLost;
    public long gaps;

    /** Publications given again after their stream was lost, where loss is allowed. */
    public long again;

    /** Users said to have come who were there, or gone who were away, where loss is allowed. */
    public long announcedAgain;

    /** Acknowledged publications that a subscriber missed and was told so, where loss is allowed. */
    public long lostTold;

    public long streams;

    /** From the beginning of the connection attempt that succeeded to the answer about the last channel. */
    public long longestCatchUpNanos;

    /** From the end of a connection to the same. */
    public long longestOutageNanos;

    /** Errors that publishers were answered with, by code. */
    public final Map<Integer, Long> refusals = new TreeMap<>();

    /** Ends of connections, by code. */
    public final Map<Integer, Long> closes = new TreeMap<>();

    /** By name, in the order of a report. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("published", published);
        map.put("acked", acked);
        map.put("repeated", repeated);
        map.put("duplicate_acks", duplicateAcks);
        map.put("refusals", byName(refusals));
        map.put("delivered", delivered);
        map.put("of_them_replayed", replayed);
        map.put("announcements", announcements);
        map.put("reconnects", reconnects);
        map.put("closes", byName(closes));
        map.put("recoveries_complete", recoveriesComplete);
        map.put("recoveries_incomplete", recoveriesIncomplete);
        map.put("positions_lost", positionsLost);
        map.put("gaps_told", gaps);
        map.put("acked_lost_and_told", lostTold);
        map.put("again_after_loss", again);
        map.put("announced_again_after_loss", announcedAgain);
        map.put("streams", streams);
        map.put("longest_catch_up_ms", longestCatchUpNanos / 1_000_000);
        map.put("longest_outage_ms", longestOutageNanos / 1_000_000);
        return map;
    }

    private static Map<String, Long> byName(Map<Integer, Long> byCode) {
        Map<String, Long> named = new LinkedHashMap<>();
        byCode.forEach((code, count) -> named.put(Integer.toString(code), count));
        return named;
    }
}
