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
     * @param args the directory to use, the transport, and the mode
     */
    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        Works.serve(() -> Mode.valueOf(args[2]) == Mode.START
                ? new StartTrials(directory, home -> startAndWrite(home, args[1]))
                : new RatisSide(RawRatis.start(directory, args[1])));
    }

    private static AutoCloseable startAndWrite(Path home, String transport) throws Exception {
        RawRatis started = RawRatis.start(home, transport);
        started.append(new byte[StoreWorks.ENTRY_BYTES]).get();
        return started;
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
