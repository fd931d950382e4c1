package dev.carillon.cluster.owner;

import dev.carillon.channel.Draft;
import dev.carillon.channel.Payload;
import dev.carillon.channel.history.ChannelStream.Retention;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a channel's owner does for an append of several drafts: keys looked up, offsets given, history kept. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AppendBench {
    private static final Retention KEEP = new Retention(300, 300_000, 120_000);
    private static final Payload DATA =
            Payload.json("{\"text\":\"sixty-four bytes of what people say to each other, more or less\"}");

    @Param({"1", "100"})
    public int drafts;

    /** Whether every draft has a key, which the owner remembers for two minutes. */
    @Param({"false", "true"})
    public boolean keys;

    private final Map.Entry<String, ChannelState> entry = new AbstractMap.SimpleEntry<>("lobby:bench", null);
    private long turn;
    private long key;
    private long now = 1_700_000_000_000L;

    /** A millisecond passes from one to the next, so that keys and history come to an end. */
    @Benchmark
    public byte @Nullable [] append() {
        List<Draft> batch = new ArrayList<>(drafts);
        now++;
        for (int i = 0; i < drafts; i++) {
            batch.add(new Draft(DATA, "alice", keys ? "k" + key++ : null, now));
        }
        byte[] outcome = new Append("n1/0", ++turn, batch, KEEP, "e").process(entry);
        if (outcome == null) {
            throw new IllegalStateException("not appended");
        }
        return outcome;
    }
}
