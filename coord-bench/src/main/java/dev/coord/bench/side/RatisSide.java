package dev.coord.bench.side;

import dev.coord.bench.RawRatis;
import java.io.IOException;
import java.nio.file.Path;

/** Three servers of Ratis with one of its own transports; the caller is at the leader. */
final class RatisSide implements Side {
    private final RawRatis ratis;

    private RatisSide(RawRatis ratis) {
        this.ratis = ratis;
    }

    /**
     * Serves measurements.
     *
     * @param args the directory to use, and the transport
     */
    public static void main(String[] args) {
        Works.serve(() -> new RatisSide(RawRatis.start(Path.of(args[0]), args[1])));
    }

    @Override
    public void offer(Works works) {
        byte[] entry = new byte[StoreWorks.ENTRY_BYTES];
        works.add("put", StoreWorks.WIDTHS, i -> ratis.append(entry.clone()));
    }

    @Override
    public void close() throws IOException {
        ratis.close();
    }
}
