package dev.carillon.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.carillon.channel.ChannelName;
import dev.carillon.channel.Payload;
import dev.carillon.channel.Publication;
import dev.carillon.channel.StreamPosition;
import dev.carillon.protocol.ClientFrame;
import dev.carillon.protocol.JsonFrames;
import dev.carillon.protocol.MsgpackFrames;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one frame costs: a publish read, the message that comes of it written. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBench {
    private final byte[] publish =
            "{\"type\":\"publish\",\"id\":7,\"channel\":\"lobby:bench\",\"key\":\"k1\",\"data\":{\"text\":\"sixty-four bytes of what people say to each other, more or less\"}}"
                    .getBytes(UTF_8);
    private final Publication publication = new Publication(
            new ChannelName("lobby:bench"),
            new StreamPosition("b7fa01c2", 123_456),
            Payload.json("{\"text\":\"sixty-four bytes of what people say to each other, more or less\"}"),
            "alice",
            1_700_000_000_000L);

    @Benchmark
    public ClientFrame readPublish() {
        return JsonFrames.decode(publish);
    }

    @Benchmark
    public byte[] writeMessage() {
        return JsonFrames.encode(publication);
    }

    @Benchmark
    public byte[] writeMessageInMessagePack() {
        return MsgpackFrames.encode(publication);
    }
}
