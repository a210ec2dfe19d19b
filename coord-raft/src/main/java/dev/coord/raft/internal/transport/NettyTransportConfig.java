package dev.coord.raft.internal.transport;

import dev.coord.raft.TlsConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link NettyTransport} listens and connects. Immutable.
 *
 * @param clusterId peers of another cluster are refused
 * @param peerId this peer
 * @param bind where to listen; port 0 takes any free one
 * @param tls null for plaintext
 * @param threads network threads
 * @param maxFrameBytes the largest message, at both ends
 * @param maxPendingBytes per peer: the bytes of requests that are not answered, and of those not yet sent; more are
 *     refused at once
 * @param connectTimeout for a TCP connection, and again for TLS and the handshake
 * @param silenceTimeout a connection on which nothing arrives for so long, pings included, is given up
 * @param minBackoff after a failed attempt to connect requests fail at once for so long; doubles with each failure
 * @param maxBackoff where the doubling ends
 */
public record NettyTransportConfig(
        String clusterId,
        String peerId,
        PeerAddress bind,
        @Nullable TlsConfig tls,
        int threads,
        int maxFrameBytes,
        long maxPendingBytes,
        Duration connectTimeout,
        Duration silenceTimeout,
        Duration minBackoff,
        Duration maxBackoff) {
    private static final int DEFAULT_THREADS = 2;
    private static final int DEFAULT_FRAME = 16 << 20;
    private static final long DEFAULT_PENDING = 64 << 20;

    /** Checks the values and how they relate. */
    public NettyTransportConfig {
        checkName("cluster id", clusterId);
        checkName("peer id", peerId);
        check(threads > 0, "threads", threads);
        check(maxFrameBytes >= Hello.MAX_BYTES, "maxFrameBytes", maxFrameBytes);
        check(maxPendingBytes >= maxFrameBytes, "maxPendingBytes (less than maxFrameBytes)", maxPendingBytes);
        check(positive(connectTimeout), "connectTimeout", connectTimeout);
        check(positive(silenceTimeout), "silenceTimeout", silenceTimeout);
        check(positive(minBackoff), "minBackoff", minBackoff);
        check(maxBackoff.compareTo(minBackoff) >= 0, "maxBackoff", maxBackoff);
    }

    /** The defaults: plaintext, 2 threads, frames to 16 MiB, 64 MiB pending, 3 s to connect, 3 s of silence. */
    public static NettyTransportConfig of(String clusterId, String peerId, PeerAddress bind) {
        return new NettyTransportConfig(
                clusterId,
                peerId,
                bind,
                null,
                DEFAULT_THREADS,
                DEFAULT_FRAME,
                DEFAULT_PENDING,
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofMillis(20),
                Duration.ofMillis(200));
    }

    /** The same with TLS, or without for null. */
    public NettyTransportConfig withTls(@Nullable TlsConfig newTls) {
        return new NettyTransportConfig(
                clusterId,
                peerId,
                bind,
                newTls,
                threads,
                maxFrameBytes,
                maxPendingBytes,
                connectTimeout,
                silenceTimeout,
                minBackoff,
                maxBackoff);
    }

    /** The same with other bounds on memory. */
    public NettyTransportConfig withLimits(int newMaxFrameBytes, long newMaxPendingBytes) {
        return new NettyTransportConfig(
                clusterId,
                peerId,
                bind,
                tls,
                threads,
                newMaxFrameBytes,
                newMaxPendingBytes,
                connectTimeout,
                silenceTimeout,
                minBackoff,
                maxBackoff);
    }

    /** The same with other times. */
    public NettyTransportConfig withTimeouts(Duration newConnectTimeout, Duration newSilenceTimeout) {
        return new NettyTransportConfig(
                clusterId,
                peerId,
                bind,
                tls,
                threads,
                maxFrameBytes,
                maxPendingBytes,
                newConnectTimeout,
                newSilenceTimeout,
                minBackoff,
                maxBackoff);
    }

    private static boolean positive(Duration duration) {
        return !duration.isZero() && !duration.isNegative();
    }

    private static void checkName(String what, String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        check(length > 0 && length <= Hello.MAX_NAME_BYTES, what, name);
    }

    private static void check(boolean valid, String what, Object value) {
        if (!valid) {
            throw new IllegalArgumentException("invalid " + what + ": " + value);
        }
    }
}
