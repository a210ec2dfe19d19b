package dev.coord.raft.internal.transport;

import dev.coord.time.Ticker;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where texts such as {@code host:port} or {@code [::1]:7000} send to. A name is looked up on a thread of its own, for that may
 * take seconds; until it is known, nothing can be sent there. While it is used it is looked up again each {@link #FRESH}, as it
 * may come to mean another machine; the old meaning stays until the new one is there.
 */
public final class UdpTargets implements AutoCloseable {
    static final Duration FRESH = Duration.ofSeconds(30);
    static final Duration RETRY = Duration.ofSeconds(1);

    /** More names than a group has members; beyond it one is forgotten for each new one. */
    static final int MAX_REMEMBERED = 32_768;

    /** Looks a host up, which may block; the result is unresolved if the host is unknown. */
    @FunctionalInterface
    interface Lookup {
        InetSocketAddress find(String host, int port);
    }

    private final Ticker ticker;
    private final Lookup lookup;
    private final SerialThread resolver = new SerialThread("coord-udp-dns");
    private final Map<String, Target> targets = new ConcurrentHashMap<>();

    /** Looks up as the JVM does. */
    public UdpTargets(Ticker ticker) {
        this(ticker, InetSocketAddress::new);
    }

    UdpTargets(Ticker ticker, Lookup lookup) {
        this.ticker = ticker;
        this.lookup = lookup;
    }

    /** What a lookup found, and when it is to be done again. */
    private record Found(@Nullable InetSocketAddress address, long again) {}

    private final class Target {
        private final PeerAddress text;
        private final AtomicBoolean looking = new AtomicBoolean();
        private volatile Found found;

        Target(PeerAddress text) {
            this.text = text;
            found = new Found(null, ticker.nanos());
        }

        @Nullable
        InetSocketAddress address() {
            Found known = found;
            if (ticker.nanos() - known.again >= 0 && looking.compareAndSet(false, true)) {
                lookLater();
            }
            return known.address;
        }

        private void lookLater() {
            try {
                resolver.execute(this::look);
            } catch (RejectedExecutionException e) {
                // Closed: nothing is sent any more.
                looking.set(false);
            }
        }

        private void look() {
            try {
                InetSocketAddress address = lookup.find(text.host(), text.port());
                boolean unknown = address.isUnresolved();
                long again = ticker.nanos() + (unknown ? RETRY : FRESH).toNanos();
                found = new Found(unknown ? found.address : address, again);
            } finally {
                looking.set(false);
            }
        }
    }

    /**
     * Finds where to send to, without waiting.
     *
     * @return null if the name is not known yet
     * @throws IllegalArgumentException if this is no address
     */
    @Nullable
    InetSocketAddress find(String text) {
        Target known = targets.get(text);
        if (known != null) {
            return known.address();
        }
        PeerAddress address = PeerAddress.parse(text);
        if (isLiteral(address.host())) {
            // Not remembered: whoever sends here under made-up addresses must not push names out.
            return new InetSocketAddress(address.host(), address.port());
        }
        if (targets.size() >= MAX_REMEMBERED) {
            targets.keySet().stream().findAny().ifPresent(targets::remove);
        }
        return targets.computeIfAbsent(text, same -> new Target(address)).address();
    }

    private static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    int size() {
        return targets.size();
    }

    @Override
    public void close() {
        resolver.close();
    }
}
