package dev.coord.raft.internal.transport;

import dev.coord.time.Scheduler;
import java.net.BindException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects {@link MemoryTransport}s in one JVM and breaks their messages on request. Without faults it behaves like a
 * perfect network: each message arrives once, in order. Safe for use by any thread; with a deterministic scheduler and
 * executors on one thread, so is everything that happens here.
 */
public final class MemoryNetwork {
    private final Scheduler scheduler;
    private final @Nullable Function<String, Executor> executors;
    private final Random random;
    private final Map<String, MemoryTransport> started = new ConcurrentHashMap<>();
    private final Map<Route, MemoryLink> links = new ConcurrentHashMap<>();
    private final Map<Route, LinkFaults> faults = new ConcurrentHashMap<>();
    private final Set<Route> cuts = ConcurrentHashMap.newKeySet();
    private final Set<Route> connections = ConcurrentHashMap.newKeySet();
    private volatile LinkFaults defaultFaults = LinkFaults.NONE;
    private volatile Map<String, Integer> groups = Map.of();
    private volatile DropFilter filter = (from, to, kind, response) -> false;

    /** Decides which messages are lost. Called on the thread that sends. */
    @FunctionalInterface
    public interface DropFilter {
        /** True to lose the message; for a response the kind is that of its request. */
        boolean drops(String from, String to, MessageKind kind, boolean response);
    }

    record Route(String from, String to) {
        Route back() {
            return new Route(to, from);
        }
    }

    /** A network on which each transport has a thread of its own, which ends with the transport. */
    public MemoryNetwork(Scheduler scheduler, long seed) {
        this(scheduler, seed, null);
    }

    /**
     * A network whose transports receive on the caller's executors, one serial executor per peer id. They stay the
     * caller's to close.
     */
    public MemoryNetwork(Scheduler scheduler, long seed, @Nullable Function<String, Executor> executors) {
        this.scheduler = scheduler;
        this.executors = executors;
        this.random = new Random(seed);
    }

    /** Creates a transport for the peer; it is reachable once started. A closed one is replaced by another of its id. */
    public MemoryTransport transport(String peer) {
        Executor executor = executors == null ? null : executors.apply(peer);
        return new MemoryTransport(this, scheduler, peer, executor);
    }

    /** Sets the faults of every link that has none of its own. */
    public void faults(LinkFaults all) {
        defaultFaults = all;
    }

    /** Sets the faults of one direction between two peers. */
    public void faults(String from, String to, LinkFaults ofLink) {
        faults.put(new Route(from, to), ofLink);
    }

    /** Loses the messages the filter picks, besides those that other faults lose. */
    public void dropIf(DropFilter drops) {
        filter = drops;
    }

    /** Loses every message in this direction until {@link #heal()}. */
    public void cut(String from, String to) {
        cuts.add(new Route(from, to));
    }

    /**
     * Lets peers reach only those of their own group, until {@link #heal()}; peers in no group form one more. Replaces
     * the partition before, not the cuts.
     */
    public void partition(Collection<? extends Collection<String>> newGroups) {
        Map<String, Integer> byPeer = new HashMap<>();
        int number = 1;
        for (Collection<String> group : newGroups) {
            for (String peer : group) {
                if (byPeer.put(peer, number) != null) {
                    throw new IllegalArgumentException(peer + " is in two groups");
                }
            }
            number++;
        }
        groups = Map.copyOf(byPeer);
    }

    /** Ends all cuts and the partition; delays, drops and the like stay. */
    public void heal() {
        cuts.clear();
        groups = Map.of();
    }

    /** Ends all faults. */
    public void reset() {
        heal();
        faults.clear();
        defaultFaults = LinkFaults.NONE;
        filter = (from, to, kind, response) -> false;
    }

    /** Whether messages in this direction are lost to a cut or the partition. */
    public boolean isCut(String from, String to) {
        Map<String, Integer> byPeer = groups;
        return cuts.contains(new Route(from, to))
                || !byPeer.getOrDefault(from, 0).equals(byPeer.getOrDefault(to, 0));
    }

    /** Whether neither direction is cut, so that a connection can be made, refused or reset. */
    boolean canConnect(String from, String to) {
        return !isCut(from, to) && !isCut(to, from);
    }

    void register(MemoryTransport transport) throws BindException {
        if (started.putIfAbsent(transport.id(), transport) != null) {
            throw new BindException("a peer " + transport.id() + " is already started on this network");
        }
    }

    void unregister(MemoryTransport transport) {
        if (!started.remove(transport.id(), transport)) {
            return;
        }
        String gone = transport.id();
        for (MemoryTransport partner : started.values()) {
            Route route = new Route(partner.id(), gone);
            boolean connected = connections.contains(route) || connections.contains(route.back());
            if (connected && canConnect(gone, partner.id())) {
                partner.lost(gone);
            }
        }
        connections.removeIf(route -> route.from().equals(gone) || route.to().equals(gone));
    }

    @Nullable
    MemoryTransport find(String peer) {
        return started.get(peer);
    }

    /** Notes that the two have spoken: if one goes away now, the other notices. */
    void connected(String from, String to) {
        connections.add(new Route(from, to));
    }

    /** Carries one message, or loses it. */
    void send(String from, String to, MessageKind kind, boolean response, Runnable delivery) {
        Route route = new Route(from, to);
        LinkFaults now = faults.getOrDefault(route, defaultFaults);
        if (isCut(from, to) || filter.drops(from, to, kind, response) || chance(now.dropRate())) {
            return;
        }
        carry(route, now, delivery);
        if (!response && chance(now.duplicateRate())) {
            carry(route, now, delivery);
        }
    }

    /** Carries a datagram, or loses it; without other faults it takes as long as any message. */
    public void datagram(String from, String to, Runnable delivery) {
        send(from, to, MessageKind.USER, false, delivery);
    }

    private void carry(Route route, LinkFaults now, Runnable delivery) {
        MemoryLink link = links.computeIfAbsent(route, r -> new MemoryLink(scheduler));
        link.send(delay(now), now.reorder() && now.delays(), () -> {
            if (!isCut(route.from(), route.to())) {
                delivery.run();
            }
        });
    }

    private boolean chance(double rate) {
        return rate > 0 && random.nextDouble() < rate;
    }

    private Duration delay(LinkFaults now) {
        if (!now.delays()) {
            return Duration.ZERO;
        }
        long spread = now.maxDelay().minus(now.minDelay()).toNanos();
        return now.minDelay().plusNanos((long) (random.nextDouble() * spread));
    }
}
