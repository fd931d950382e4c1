package dev.carillon.cluster.owner;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;

/** The head of everything that owners keep and are asked, which says its {@link Format}. */
final class OwnerFormat {
    /** Below every length of bytes, which is what the format without a head began with. */
    static final int HEAD = -1_000;

    private OwnerFormat() {}

    static void write(ObjectDataOutput out, Packer packer) throws IOException {
        if (!Format.isBefore()) {
            out.writeInt(HEAD - Format.LATEST);
        }
        out.writeByteArray(packer.toBytes());
    }

    /** @throws IOException if it was written in a format that this version does not read; says which */
    static Unpacker read(ObjectDataInput in) throws IOException {
        int head = in.readInt();
        if (head >= 0) {
            byte[] before = new byte[head];
            in.readFully(before);
            return new Unpacker(before);
        }
        int format = HEAD - head;
        byte[] bytes = format == Format.LATEST ? in.readByteArray() : null;
        if (bytes == null) {
            throw new IOException("a node of another version wrote this in format " + format + ", and this one reads "
                    + Format.BEFORE + " and " + Format.LATEST + "; update nodes one version after the other");
        }
        return new Unpacker(bytes);
    }
}
