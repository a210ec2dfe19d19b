package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Injection;
import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.faults.Firewall.Cut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Peers that do not reach each other, though their processes run: what they send is dropped by the kernel. */
final class Partition implements Fault {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    /** Who does not reach whom. */
    enum Shape {
        LEADER_ALONE("partition-leader") {
            @Override
            List<Cut> cuts(Scene scene) {
                PeerProcess alone = scene.ensemble().leader().orElse(scene.target());
                return between(List.of(alone), others(scene, List.of(alone)));
            }
        },
        MINORITY("partition-minority") {
            @Override
            List<Cut> cuts(Scene scene) {
                List<PeerProcess> minority =
                        some(scene, (scene.ensemble().peers().size() - 1) / 2);
                return between(minority, others(scene, minority));
            }
        },
        ONE_WAY("partition-one-way") {
            @Override
            List<Cut> cuts(Scene scene) {
                boolean mute = scene.random().nextBoolean();
                return others(scene, List.of(scene.target())).stream()
                        .map(other -> mute ? new Cut(scene.target(), other) : new Cut(other, scene.target()))
                        .toList();
            }
        },
        /** Each reaches its neighbours on a ring only; of three, which all are neighbours, one pair is cut. */
        RING("partition-ring") {
            @Override
            List<Cut> cuts(Scene scene) {
                List<PeerProcess> ring = some(scene, scene.ensemble().peers().size());
                List<Cut> cuts = new ArrayList<>();
                for (int i = 0; i < ring.size(); i++) {
                    for (int j = i + 1; j < ring.size(); j++) {
                        boolean neighbours = j == i + 1 || (ring.size() > 3 && i == 0 && j == ring.size() - 1);
                        cuts.addAll(neighbours ? List.of() : between(List.of(ring.get(i)), List.of(ring.get(j))));
                    }
                }
                return cuts;
            }
        },
        /** The target comes and goes. */
        FLAPPING("partition-flapping") {
            @Override
            List<Cut> cuts(Scene scene) {
                return between(List.of(scene.target()), others(scene, List.of(scene.target())));
            }
        };

        private final String word;

        Shape(String word) {
            this.word = word;
        }

        abstract List<Cut> cuts(Scene scene);
    }

    private static final int MIN_FLAP_MILLIS = 100;
    private static final int MAX_FLAP_MILLIS = 1000;

    private final Shape shape;
    private final Firewall firewall;
    private final PeerDisks disks;

    Partition(Shape shape, Firewall firewall, PeerDisks disks) {
        this.shape = shape;
        this.firewall = firewall;
        this.disks = disks;
    }

    /** The target, if some are asked for, and others by chance. */
    private static List<PeerProcess> some(Scene scene, int count) {
        List<PeerProcess> others = new ArrayList<>(others(scene, List.of(scene.target())));
        Collections.shuffle(others, new Random(scene.random().nextLong()));
        return Stream.concat(Stream.of(scene.target()), others.stream())
                .limit(count)
                .toList();
    }

    private static List<PeerProcess> others(Scene scene, List<PeerProcess> than) {
        return scene.ensemble().peers().stream()
                .filter(peer -> !than.contains(peer))
                .toList();
    }

    private static List<Cut> between(List<PeerProcess> some, List<PeerProcess> others) {
        return some.stream()
                .flatMap(one -> others.stream().flatMap(other -> Stream.of(new Cut(one, other), new Cut(other, one))))
                .toList();
    }

    @Override
    public String kind() {
        return shape.word;
    }

    @Override
    public Optional<String> obstacle(Machine machine) {
        return PreloadedLibrary.DISK.obstacle(machine).or(() -> Firewall.obstacle(machine));
    }

    @Override
    public void prepare(PeerProcess peer) throws IOException {
        disks.install(peer);
    }

    @Override
    public Injection inject(Scene scene) throws IOException, InterruptedException {
        List<Cut> cuts = shape.cuts(scene);
        long before = firewall.dropped();
        firewall.cut(cuts);
        long seed = scene.random().nextLong();
        CountDownLatch stop = new CountDownLatch(1);
        Thread flapping = new Thread(() -> flap(stop, seed, cuts), "chaos-flapping");
        flapping.setDaemon(true);
        if (shape == Shape.FLAPPING) {
            flapping.start();
        }
        return () -> {
            stop.countDown();
            flapping.join();
            firewall.cut(List.of());
            long dropped = firewall.dropped() - before;
            String what = dropped + " packets dropped, " + cuts.size() + " directions cut";
            return dropped > 0 ? Proof.of(what) : Proof.none(what);
        };
    }

    /** Never interrupted: a rule that is on its way must not arrive after the healing. */
    private void flap(CountDownLatch stop, long seed, List<Cut> cuts) {
        Random random = new Random(seed);
        try {
            for (boolean cut = false; !stop.await(pause(random), TimeUnit.MILLISECONDS); cut = !cut) {
                firewall.cut(cut ? cuts : List.of());
            }
        } catch (IOException | InterruptedException e) {
            LOG.error("flapping ended early", e);
        }
    }

    private static long pause(Random random) {
        return random.nextLong(MIN_FLAP_MILLIS, MAX_FLAP_MILLIS);
    }

    @Override
    public void close() throws IOException {
        firewall.close();
    }
}
