package dev.coord.chaos.wire;

import dev.coord.raft.internal.codec.Reader;
import dev.coord.raft.internal.codec.Writer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** Frames with their length in front, on a socket. One thread reads; any may write. */
final class Frames implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Frames(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
    }

    Reader read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return new Reader(frame);
    }

    void write(Writer frame) throws IOException {
        byte[] bytes = frame.toByteArray();
        synchronized (out) {
            out.writeInt(bytes.length);
            out.write(bytes);
            out.flush();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nobody can use it any more, which is what was asked for.
        }
    }
}
