package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/**
 * The head of everything that owners keep and are asked: the version of its format. A new format is read by one version
 * of Carillon before the next one writes it, so that the nodes of two neighbouring versions understand one another; what a
 * step answers is in the format of the step.
 */
public final class OwnerFormat {
    /** What this version writes. The first format had no head. */
    public static final int WRITTEN = 2;

    /** The latest that this version reads; it reads all before as well. */
    public static final int READ = 2;

    /** Below every length of bytes, which is what the first format began with. */
    private static final int HEAD = -1_000;

    private OwnerFormat() {}

    static void write(ObjectDataOutput out, Packer packer) throws IOException {
        out.writeInt(HEAD - WRITTEN);
        out.writeByteArray(packer.toBytes());
    }

    /** @throws IOException if it was written in a format that this version does not read; says which */
    static Unpacker read(ObjectDataInput in) throws IOException {
        int head = in.readInt();
        if (head >= 0) {
            byte[] first = new byte[head];
            in.readFully(first);
            return new Unpacker(first);
        }
        int format = HEAD - head;
        if (format <= 1 || format > READ) {
            throw new IOException("a node of another version wrote this in format " + format
                    + ", and this one reads 1 to " + READ + "; update nodes one version after the other");
        }
        byte[] bytes = in.readByteArray();
        if (bytes == null) {
            throw new IOException("no bytes");
        }
        return new Unpacker(bytes);
    }
}
