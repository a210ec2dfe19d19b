package dev.coord.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.testkit.history.Recording.Holding;
import dev.coord.testkit.history.Recording.Incident;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Claims of locks and beliefs of lease holders: right ones pass, planted ones are convicted. */
class ClaimCheckTest {
    private static final int SEEDS = Integer.getInteger("coord.history.seeds", 150);

    /** Adds right claims of a lock, an election and a fenced resource, and a fault. */
    static Recording healthy(Recording recording, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Claim> claims = new ArrayList<>();
        for (String name : List.of("lock /a", "election /b")) {
            long token = 0;
            long nanos = 1;
            for (int grant = 0; grant < 8; grant++) {
                token += 1 + random.nextInt(5);
                String process = "n" + (1 + random.nextInt(3));
                add(claims, nanos, process, name, token, Claim.Kind.ACQUIRED, Long.MIN_VALUE);
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    nanos += random.nextInt(100);
                    add(
                            claims,
                            nanos,
                            process,
                            name,
                            token,
                            Claim.Kind.VALID,
                            random.nextBoolean() ? nanos + 50 : Long.MIN_VALUE);
                    add(claims, nanos, process, "resource " + name, token, Claim.Kind.WRITTEN, Long.MIN_VALUE);
                }
                if (random.nextBoolean()) {
                    add(
                            claims,
                            nanos,
                            process,
                            name,
                            token,
                            random.nextBoolean() ? Claim.Kind.RELEASED : Claim.Kind.LOST,
                            Long.MIN_VALUE);
                }
                nanos += 100;
                // A zombie that has not noticed yet: refused.
                add(claims, nanos, process, "resource " + name, token - 1, Claim.Kind.REFUSED, Long.MIN_VALUE);
            }
        }
        return new Recording(
                recording.operations(),
                recording.tapes(),
                recording.holdings(),
                claims,
                List.of(new Incident(1, 1, "cut n1 off", "")));
    }

    private static void add(
            List<Claim> claims, long nanos, String process, String name, long token, Claim.Kind kind, long until) {
        long at = 1_000_000 + 2L * claims.size();
        claims.add(new Claim(at, at + 1, nanos, process, name, token, kind, until));
    }

    private static Violation judge(Recording recording) {
        return new Verdict(recording, 1_000_000_000).run();
    }

    @Test
    void healthyClaims_pass() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Violation violation = new ClaimCheck(healthy(HealthyHistory.of(seed, 10), seed)).run();
            if (violation != null) {
                throw new AssertionError("seed " + seed, violation.error());
            }
        }
    }

    /** Changes the second of two grants of one lock: {@code change} gets the claims of the first and one of the second. */
    private static void convict(
            String what, Claim.Kind firstKind, Claim.Kind secondKind, Function<Claim[], List<Claim>> change) {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = healthy(HealthyHistory.of(seed, 10), seed);
            Claim[] pair = pair(healthy.claims(), firstKind, secondKind, seed);
            if (pair != null) {
                planted++;
                List<Claim> claims = new ArrayList<>(healthy.claims());
                claims.remove(pair[1]);
                claims.addAll(change.apply(pair));
                claims.sort(java.util.Comparator.comparingLong(Claim::at));
                assertThat(new ClaimCheck(healthy.withClaims(claims)).run())
                        .as(what + " of seed " + seed)
                        .isNotNull();
            }
        }
        assertThat(planted).as(what).isGreaterThan(SEEDS / 2);
    }

    private static Claim[] pair(List<Claim> claims, Claim.Kind firstKind, Claim.Kind secondKind, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (Claim first : Corruption.shuffled(claims, random)) {
            for (Claim second : claims) {
                if (first.kind() == firstKind
                        && second.kind() == secondKind
                        && first.name().equals(second.name())
                        && first.token() < second.token()
                        && first.at() < second.at()) {
                    return new Claim[] {first, second};
                }
            }
        }
        return null;
    }

    private static Claim with(Claim claim, String process, long token, long at, long nanos) {
        return new Claim(at, at, nanos, process, claim.name(), token, claim.kind(), claim.untilNanos());
    }

    @Test
    void tokenReused_isConvicted() {
        convict(
                "token reused",
                Claim.Kind.ACQUIRED,
                Claim.Kind.ACQUIRED,
                pair -> List.of(with(pair[1], pair[1].process(), pair[0].token(), pair[1].at(), pair[1].nanos())));
    }

    @Test
    void twoHoldersOfOneToken_areConvicted() {
        convict(
                "two holders of a token",
                Claim.Kind.ACQUIRED,
                Claim.Kind.VALID,
                pair -> List.of(pair[1], with(pair[1], "n9", pair[1].token(), pair[1].at() + 1, pair[1].nanos())));
    }

    @Test
    void twoHoldersAtOnce_areConvicted() {
        convict(
                "two holders",
                Claim.Kind.VALID,
                Claim.Kind.VALID,
                pair -> List.of(
                        pair[1],
                        with(pair[0], pair[0].process(), pair[0].token(), pair[1].answered() + 1, pair[1].nanos())));
    }

    @Test
    void grantOfWhatAnotherReliesOn_isConvicted() {
        convict(
                "relied on",
                Claim.Kind.VALID,
                Claim.Kind.ACQUIRED,
                pair -> List.of(
                        pair[1],
                        new Claim(
                                pair[1].at() - 1,
                                pair[1].at() - 1,
                                pair[1].nanos(),
                                pair[0].process(),
                                pair[0].name(),
                                pair[1].token() - 1,
                                Claim.Kind.VALID,
                                pair[1].nanos() + 1)));
    }

    @Test
    void smallerTokenAcceptedByAResource_isConvicted() {
        convict(
                "stale write",
                Claim.Kind.WRITTEN,
                Claim.Kind.WRITTEN,
                pair -> List.of(
                        pair[1], with(pair[0], pair[0].process(), pair[0].token(), pair[1].at() + 1, pair[1].nanos())));
    }

    @Test
    void holderCertainAfterItLetGo_isConvicted() {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = healthy(HealthyHistory.of(seed, 10), seed);
            for (Claim claim : healthy.claims()) {
                if (claim.kind() == Claim.Kind.RELEASED || claim.kind() == Claim.Kind.LOST) {
                    planted++;
                    List<Claim> claims = new ArrayList<>(healthy.claims());
                    claims.add(new Claim(
                            Long.MAX_VALUE - 1,
                            Long.MAX_VALUE - 1,
                            Long.MAX_VALUE - 1,
                            claim.process(),
                            claim.name(),
                            claim.token(),
                            Claim.Kind.VALID,
                            Long.MIN_VALUE));
                    assertThat(new ClaimCheck(healthy.withClaims(claims)).run())
                            .as("seed %s", seed)
                            .isNotNull();
                    break;
                }
            }
        }
        assertThat(planted).isGreaterThan(SEEDS / 2);
    }

    // ---- leases

    /** A lease that ended by itself, with keys, so that its end has a revision, and not as the last thing that was seen. */
    private static Holding ended(Recording recording, RealTime witness) {
        for (Holding holding : recording.holdings()) {
            long end = witness.endOf(holding.lease());
            boolean revoked = recording.operations().stream()
                    .anyMatch(operation ->
                            operation.input() instanceof Input.Revoke revoke && revoke.lease() == holding.lease());
            if (end > 0 && !revoked && witness.firstSighting(end) != null) {
                return holding;
            }
        }
        return null;
    }

    private static Recording with(Recording recording, Holding old, Holding changed) {
        List<Holding> holdings = new ArrayList<>(recording.holdings());
        holdings.set(holdings.indexOf(old), changed);
        return recording.withHoldings(holdings);
    }

    @Test
    void leaseThatEndedWhileItsHolderWasCertain_isConvicted() {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = HealthyHistory.of(seed, 200);
            RealTime witness = Corruption.witness(healthy);
            Holding holding = ended(healthy, witness);
            if (holding != null) {
                planted++;
                RealTime.Sighting seen = witness.firstSighting(witness.endOf(holding.lease()));
                Holding certain = new Holding(
                        holding.process(),
                        holding.lease(),
                        holding.ttlNanos(),
                        seen.at(),
                        holding.validUntilNanos(),
                        holding.closed(),
                        holding.session());
                Holding relying = new Holding(
                        holding.process(),
                        holding.lease(),
                        holding.ttlNanos(),
                        holding.validAt(),
                        seen.nanos() + 1,
                        holding.closed(),
                        holding.session());
                for (Holding wrong : List.of(certain, relying)) {
                    Violation violation = judge(with(healthy, holding, wrong));
                    assertThat(violation).as("seed %s", seed).isNotNull();
                    assertThat(violation.sentence()).as("seed %s", seed).contains("early");
                }
            }
        }
        assertThat(planted).isGreaterThan(SEEDS / 4);
    }

    @Test
    void leaseThatLastedTooLong_isConvicted() {
        int planted = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Recording healthy = HealthyHistory.of(seed, 200);
            RealTime witness = Corruption.witness(healthy);
            Holding holding = ended(healthy, witness);
            long lastAlive = holding == null ? 0 : lastAlive(witness, holding.lease());
            if (lastAlive > 0) {
                planted++;
                // Gone so early that it had to end a nanosecond before it was last seen alive: time to live, failover,
                // a second.
                long gone = lastAlive - 1 - holding.ttlNanos() - 1_000_000_000 - 1_000_000_000;
                assertThat(judge(gone(healthy, holding, gone)))
                        .as("seed %s", seed)
                        .isNotNull();
                assertThat(judge(gone(healthy, holding, gone + 1_000_000_000)))
                        .as("seed %s", seed)
                        .isNull();
            }
        }
        assertThat(planted).isGreaterThan(SEEDS / 4);
    }

    private static long lastAlive(RealTime witness, long lease) {
        long end = witness.endOf(lease);
        long last = 0;
        for (RealTime.Placed placed : witness.placed()) {
            // Where a read of a key is placed is the earliest that fits, so it shows nothing of the end.
            boolean named = placed.operation.transacted() != null || placed.operation.output() instanceof Output.Ranged;
            if (named && placed.operation.isLinearizable() && placed.revision > 0 && placed.revision < end) {
                last = Math.max(last, placed.operation.callNanos());
            }
            boolean[] shown = {false};
            placed.operation.forEachShown(entry -> shown[0] |= entry.lease() == lease);
            if (shown[0] && placed.operation.isLinearizable()) {
                last = Math.max(last, placed.operation.callNanos());
            }
        }
        return last;
    }

    /** One process is gone; of its leases only the one in question is left, else an earlier one may be judged late as well. */
    private static Recording gone(Recording recording, Holding holding, long nanos) {
        return new Recording(
                recording.operations(),
                recording.tapes(),
                List.of(holding),
                recording.claims(),
                List.of(new Incident(0, nanos, "gone", holding.process())));
    }
}
