package dev.coord.chaos.run;

import dev.coord.chaos.Fault;
import dev.coord.chaos.Findings;
import dev.coord.chaos.Injection;
import dev.coord.chaos.PeerProcess;
import dev.coord.chaos.Proof;
import dev.coord.chaos.Scene;
import dev.coord.chaos.load.Availability;
import dev.coord.testkit.history.History;
import dev.coord.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One fault after the other, as the seed has it, each healed before the next. */
final class Schedule {
    private static final Logger log = LoggerFactory.getLogger(Schedule.class);
    private static final Ticker TICKER = Ticker.system();
    private static final Duration WHOLE = Duration.ofSeconds(45);
    private static final long MILLI = 1_000_000;
    private static final int SHORTEST = 800;

    private final LocalEnsemble ensemble;
    private final History history;
    private final Findings findings;
    private final Availability availability;
    private final Stalls stalls;
    private final int longest;
    private final SplittableRandom random;
    private final List<Event> events = new ArrayList<>();
    private final List<Fault> bag = new ArrayList<>();
    private final long begin = TICKER.nanos();

    Schedule(
            LocalEnsemble ensemble,
            History history,
            Findings findings,
            Availability availability,
            Stalls stalls,
            Settings settings) {
        this.ensemble = ensemble;
        this.history = history;
        this.findings = findings;
        this.availability = availability;
        this.stalls = stalls;
        this.longest =
                Math.toIntExact(Math.max(SHORTEST + 1, settings.longestFault().toMillis()));
        this.random = new SplittableRandom(settings.seed());
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    /** Injects faults for so long; all is well again when it returns, or a finding says what is not. */
    void run(List<Fault> faults, Duration length) throws InterruptedException {
        long end = TICKER.nanos() + length.toNanos();
        while (end - TICKER.nanos() > 0) {
            idle(random.nextInt(300, 1_200));
            if (faults.isEmpty()) {
                continue;
            }
            Fault fault = draw(faults);
            try {
                if (!inject(fault)) {
                    return;
                }
            } catch (IOException e) {
                findings.add("the fault " + fault.kind() + " cannot be injected or healed: " + e);
                return;
            }
        }
    }

    /** Each kind as often as the others, in an order of chance. */
    private Fault draw(List<Fault> faults) {
        if (bag.isEmpty()) {
            bag.addAll(faults);
            Collections.shuffle(bag, new Random(random.nextLong()));
        }
        return bag.remove(bag.size() - 1);
    }

    /** Tells whether all was well again in time. */
    private boolean inject(Fault fault) throws IOException, InterruptedException {
        PeerProcess leader = ensemble.leader().orElse(null);
        boolean leading = random.nextBoolean() && leader != null;
        PeerProcess target = leader != null && leading ? leader : other(leader);
        Scene scene = new Scene(ensemble, target, leading, random.split());
        String words = fault.kind() + " of " + target.id() + (leading ? ", the leader" : "");
        log.info("{}", words);
        history.fault(words);
        long before = TICKER.nanos();
        Injection injection = fault.inject(scene);
        idle(random.nextInt(SHORTEST, longest));
        Proof proof = injection.heal();
        long healed = TICKER.nanos();
        history.fault("healed: " + words);
        String problem = ensemble.awaitWhole(WHOLE);
        if (problem != null) {
            findings.add("not well within " + WHOLE + " after " + words + ": " + problem);
        }
        long whole = TICKER.nanos();
        events.add(new Event(
                fault.kind(),
                target.id(),
                leading,
                (before - begin) / MILLI,
                (healed - before) / MILLI,
                availability.longestGap(before, whole) / MILLI,
                (whole - healed) / MILLI,
                stalls.overlaps(before, whole),
                proof));
        return problem == null;
    }

    private PeerProcess other(@Nullable PeerProcess leader) {
        List<PeerProcess> others =
                ensemble.peers().stream().filter(peer -> !peer.equals(leader)).toList();
        return others.get(random.nextInt(others.size()));
    }

    private static void idle(int millis) {
        LockSupport.parkNanos(millis * MILLI);
    }
}
