package dev.coord.recipes.swim;

import dev.coord.recipes.swim.SwimMember.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Cores on a virtual network: all that they do derives from a seed. */
final class SwimWorld {
    static final long SECOND = 1_000_000_000L;
    static final int MAX_DATAGRAM = 1_200 - 32;
    private static final long NEVER = Long.MAX_VALUE;
    private static final int DELIVER = 0;
    private static final int TICK = 1;
    private static final int REQUEST = 2;
    private static final int ANSWER = 3;
    private static final int ACTION = 4;

    /** Is told what a node learns. */
    interface Watcher {
        void event(Node observer, SwimEvent.Kind kind, Peer subject);
    }

    private record Call(byte[] bytes, int life) {}

    final EventQueue queue = new EventQueue();
    final SplittableRandom random;
    final Network network;
    final Node[] nodes;
    private final SwimConfig config;
    private final List<String> seeds;
    private Watcher watcher = (observer, kind, subject) -> {};
    boolean requests;

    /** The share of datagrams after which one that came before comes again, to the same or another: how old it is is chance. */
    double replays;

    private final byte[][] sent = new byte[512][];
    private final int[] sentBy = new int[sent.length];
    private final int[] sentTo = new int[sent.length];
    private int sentCount;
    long now;
    long messages;
    long requestCount;

    /** Sees each datagram that is sent; for scenarios. */
    @Nullable
    BiConsumer<Node, byte[]> tap;

    SwimWorld(SwimConfig config, int size, long seed) {
        this.config = config;
        this.random = new SplittableRandom(seed);
        this.network = new Network(random.split(), size);
        this.seeds = List.of(address(0), address(Math.min(1, size - 1)));
        this.nodes = new Node[size];
        for (int i = 0; i < size; i++) {
            nodes[i] = new Node(i);
        }
    }

    static String address(int index) {
        return "n" + index;
    }

    static int index(String address) {
        int index = 0;
        for (int i = 1; i < address.length(); i++) {
            index = 10 * index + address.charAt(i) - '0';
        }
        return index;
    }

    void watch(Watcher by) {
        watcher = by;
    }

    /** One member. */
    final class Node implements Effects {
        final int index;
        final String name;

        @Nullable
        SwimCore core;

        byte[] metadata = {};
        boolean hasLeft;
        int life;
        long instance;
        private long tickAt = NEVER;
        private long pausedUntil;
        private long stalledUntil;

        Node(int index) {
            this.index = index;
            this.name = address(index);
        }

        boolean isUp() {
            return core != null;
        }

        boolean isMember() {
            return core != null && core.beliefs().self.state == State.ALIVE;
        }

        void start() {
            life++;
            hasLeft = false;
            instance = random.nextLong() | 1;
            pausedUntil = 0;
            stalledUntil = 0;
            tickAt = NEVER;
            Peer self = new Peer(name.getBytes(StandardCharsets.UTF_8), name, metadata, instance, 0);
            core = new SwimCore(config, self, seeds, MAX_DATAGRAM, random.split(), this);
            core.start(now);
            plan();
        }

        void crash() {
            core = null;
        }

        /** Stops the process; what arrives waits. */
        void pause(long nanos) {
            pausedUntil = now + nanos;
        }

        /** Stops only what it sends and receives; its timers run. */
        void stall(long nanos) {
            stalledUntil = now + nanos;
        }

        boolean isPaused() {
            return pausedUntil > now;
        }

        void leave() {
            core().leave(now);
            plan();
        }

        void describe(byte[] text) {
            metadata = text;
            core().describe(now, text);
            plan();
        }

        SwimCore core() {
            return java.util.Objects.requireNonNull(core, name);
        }

        /** What it believes of another; null if it does not know it. */
        @Nullable
        Peer view(Node other) {
            byte[] bytes = other.name.getBytes(StandardCharsets.UTF_8);
            return core().beliefs().roster.find(bytes, 0, bytes.length);
        }

        boolean sees(Node other, State state) {
            Peer peer = view(other);
            return peer != null && peer.state == state && (!other.isUp() || peer.instance == other.instance);
        }

        private void plan() {
            if (core != null) {
                long due = Math.max(now, core.due());
                if (due < tickAt) {
                    tickAt = due;
                    queue.push(due, TICK, index, life, null);
                }
            }
        }

        private void ticked(long scheduled, int ofLife) {
            if (core == null || ofLife != life || scheduled != tickAt) {
                return;
            }
            if (isPaused()) {
                tickAt = pausedUntil;
                queue.push(pausedUntil, TICK, index, life, null);
                return;
            }
            tickAt = NEVER;
            if (core.due() <= now) {
                core.tick(now);
            }
            plan();
        }

        private void delivered(int kind, int from, Object load) {
            long ready = Math.max(pausedUntil, stalledUntil);
            if (core == null) {
                return;
            }
            if (ready > now) {
                queue.push(ready, kind, index, from, load);
                return;
            }
            if (kind == DELIVER) {
                core.receive(now, address(from), (byte[]) load);
            } else if (kind == REQUEST) {
                Call call = (Call) load;
                reliable(from, ANSWER, new Call(core.answer(now, call.bytes()), call.life()));
            } else if (((Call) load).life() == life) {
                core.answered(now, address(from), ((Call) load).bytes());
            }
            plan();
        }

        @Override
        public void send(String to, byte[] message) {
            messages++;
            if (tap != null) {
                tap.accept(this, message);
            }
            int target = SwimWorld.index(to);
            if (network.carries(index, target)) {
                if (replays > 0) {
                    replay(index, target, message);
                }
                queue.push(Math.max(now, stalledUntil) + network.delay(), DELIVER, target, index, message);
            }
        }

        @Override
        public boolean canRequest(String member) {
            return requests;
        }

        @Override
        public void request(String member, byte[] message, long timeoutNanos) {
            requestCount++;
            reliable(SwimWorld.index(member), REQUEST, new Call(message, life));
        }

        private void reliable(int target, int kind, Call call) {
            if (network.connects(index, target)) {
                queue.push(Math.max(now, stalledUntil) + network.reliableDelay(), kind, target, index, call);
            }
        }

        @Override
        public void event(SwimEvent.Kind kind, Peer peer) {
            watcher.event(this, kind, peer);
        }

        @Override
        public void left() {
            hasLeft = true;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private void replay(int from, int to, byte[] message) {
        int slot = sentCount < sent.length ? sentCount++ : random.nextInt(sent.length);
        sent[slot] = message;
        sentBy[slot] = from;
        sentTo[slot] = to;
        if (random.nextDouble() < replays) {
            int old = random.nextInt(sentCount);
            int again = random.nextBoolean() ? sentTo[old] : random.nextInt(nodes.length);
            queue.push(now + random.nextLong(SECOND), DELIVER, again, sentBy[old], sent[old]);
        }
    }

    void startAll() {
        for (Node node : nodes) {
            node.start();
        }
    }

    void at(long time, Runnable action) {
        queue.push(time, ACTION, 0, 0, action);
    }

    void run(long nanos) {
        long end = now + nanos;
        while (queue.nextTime() <= end) {
            step();
        }
        now = end;
    }

    private void step() {
        queue.take();
        now = queue.time;
        int kind = queue.kind;
        Object load = queue.load;
        if (kind == TICK) {
            nodes[queue.to].ticked(queue.time, queue.from);
        } else if (kind == ACTION && load != null) {
            ((Runnable) load).run();
        } else if (load != null) {
            nodes[queue.to].delivered(kind, queue.from, load);
        }
    }

    /** Those that live and have not left. */
    List<Node> up() {
        List<Node> up = new ArrayList<>();
        for (Node node : nodes) {
            if (node.isMember()) {
                up.add(node);
            }
        }
        return up;
    }

    /** What some live member believes wrongly; empty if all agree with the truth. */
    String disagreement() {
        for (Node observer : up()) {
            for (Node other : nodes) {
                if (other == observer) {
                    continue;
                }
                Peer peer = observer.view(other);
                boolean fine =
                        other.isUp() && !other.core().beliefs().self.state.equals(State.LEFT)
                                ? observer.sees(other, State.ALIVE) && Arrays.equals(peer.metadata, other.metadata)
                                : peer == null || !peer.isActive();
                if (!fine) {
                    return observer + " believes " + peer + " of " + (other.isUp() ? "live " : "dead ") + other;
                }
            }
        }
        return "";
    }
}
