package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.recipes.assignment.Participant;
import dev.coord.recipes.assignment.PartitionAssignment;
import dev.coord.recipes.assignment.PartitionOwnership;
import dev.coord.recipes.assignment.Strategy;
import dev.coord.recipes.assignment.WeightedMember;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Action;
import dev.coord.testkit.workload.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A random sequence of members that come and go, with faults; in the end, what must hold when all is quiet. */
final class AssignmentUse implements Scenario {
    private static final String PATH = "/work";
    private static final int MOST_MEMBERS = 6;
    private static final int MOST_UNCHECKED = 16;
    private static final Duration SETTLING = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final List<Strategy> STRATEGIES = List.of(
            Strategy.rendezvous(),
            Strategy.rendezvous().boundedBy(1),
            Strategy.rendezvous().boundedBy(1.25),
            Strategy.ring(16),
            Strategy.ring(16).boundedBy(1.25));

    private final SimulatedCluster cluster;
    private final AssignmentCheck check;
    private final Duration ttl;
    private final List<String> partitions;
    private final Strategy strategy;
    private final Duration grace;
    private final Duration revokeWithin;
    private final int movesAtOnce;
    private final List<AssignmentMember> members = new ArrayList<>();
    private int opening;
    private int joins;
    private long checkedAt;
    private int sinceCheck;

    AssignmentUse(SimulatedCluster cluster, long seed) {
        this.cluster = cluster;
        this.check = new AssignmentCheck(cluster, PATH);
        this.ttl = World.timeToLive(seed);
        SplittableRandom random = new SplittableRandom(seed ^ 0xA551L);
        partitions = IntStream.range(0, 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 12))
                .mapToObj(Integer::toString)
                .toList();
        strategy = STRATEGIES.get(random.nextInt(STRATEGIES.size()));
        grace = Duration.ofMillis(random.nextInt(3) == 0 ? 0 : random.nextInt(2_000));
        revokeWithin = Duration.ofMillis(300 + random.nextInt(5_000));
        movesAtOnce = random.nextInt(3) == 0 ? partitions.size() : 1 + random.nextInt(4);
        for (String peer : cluster.ids()) {
            join(peer, peer, random.split());
        }
    }

    @Override
    public List<Action> actions() {
        return List.of(
                new Action("join", 8, () -> members.size() + opening < MOST_MEMBERS, this::joinAnywhere),
                new Action("leave", 4, () -> !members.isEmpty(), random -> onAny(random, AssignmentMember::leave)),
                new Action("end-session", 2, () -> !members.isEmpty(), random -> onAny(random, this::endSession)),
                new Action("close-partition", 2, () -> !members.isEmpty(), this::closePartition),
                new Action("delete-key", 1, () -> !members.isEmpty(), this::deleteKey),
                new Action("write", 4, () -> !members.isEmpty(), this::write),
                new Action("idle", 8, () -> true, random -> {}));
    }

    // ---- actions

    private void joinAnywhere(SplittableRandom random) {
        List<String> up = cluster.ids().stream().filter(cluster::isRunning).toList();
        if (!up.isEmpty()) {
            String peer = up.get(random.nextInt(up.size()));
            // Few names, so that some are taken.
            join(peer, random.nextBoolean() ? peer : "m" + random.nextInt(4), random);
        }
    }

    private void join(String peer, String name, SplittableRandom random) {
        opening++;
        joins++;
        int weight = 1 + random.nextInt(2);
        SplittableRandom own = random.split();
        cluster.openAsync(peer, ttl).whenComplete((coord, failure) -> {
            opening--;
            if (coord != null) {
                PartitionAssignment assignment = PartitionAssignment.on(coord, PATH)
                        .partitions(partitions)
                        .strategy(strategy)
                        .weight(weight)
                        .restartGrace(grace)
                        .movesAtOnce(movesAtOnce)
                        .revokeWithin(revokeWithin);
                members.add(new AssignmentMember(peer, name, coord, assignment, revokeWithin, check, own));
            }
        });
    }

    private void onAny(SplittableRandom random, Consumer<AssignmentMember> action) {
        AssignmentMember member = members.get(random.nextInt(members.size()));
        if (cluster.isRunning(member.peer)) {
            action.accept(member);
        }
    }

    private void endSession(AssignmentMember member) {
        member.leaving = true;
        member.ending = true;
        try {
            member.coord.close();
        } catch (CoordException e) {
            // It was over.
        }
    }

    private void closePartition(SplittableRandom random) {
        onAny(random, member -> {
            if (!member.tracked.isEmpty()) {
                member.close(member.tracked.get(random.nextInt(member.tracked.size())));
            }
        });
    }

    /** Someone who has no business here. */
    private void deleteKey(SplittableRandom random) {
        onAny(random, member -> {
            String partition = partitions.get(random.nextInt(partitions.size()));
            String key = List.of(
                            PATH + "/m/" + member.name, PATH + "/t/" + partition, PATH + "/o/" + partition, leaderKey())
                    .get(random.nextInt(4));
            if (key.startsWith(PATH + "/o/")) {
                check.touch(partition);
            }
            if (!member.over) {
                member.coord.kv().txn().then(Op.delete(key)).commitAsync();
            }
        });
    }

    private String leaderKey() {
        return keys("/leader/").stream()
                .min(Comparator.comparingLong(Entry::createRevision))
                .map(Entry::key)
                .orElse(PATH + "/leader/none");
    }

    private void write(SplittableRandom random) {
        onAny(random, member -> {
            if (!member.tracked.isEmpty()) {
                PartitionOwnership one = member.tracked.get(random.nextInt(member.tracked.size()));
                check.writesOutside(one);
                if (!member.over) {
                    member.coord
                            .kv()
                            .txn()
                            .when(one.guard())
                            .then(Op.put("/written/" + one.partition(), Long.toString(one.fencingToken())))
                            .commitAsync();
                }
            }
        });
    }

    // ---- at any moment

    @Override
    public void checkStep() {
        long entries = cluster.committedEntries();
        if (entries == checkedAt && ++sinceCheck < MOST_UNCHECKED) {
            return;
        }
        checkedAt = entries;
        sinceCheck = 0;
        check.follow();
        for (AssignmentMember member : members) {
            for (PartitionOwnership one : member.tracked) {
                if (one.isValid()) {
                    check.believes(one);
                }
            }
        }
    }

    @Override
    public void check() {
        check.throwFailure();
        for (AssignmentMember member : members) {
            boolean runs = cluster.isRunning(member.peer) && !member.over;
            member.tracked.forEach(one -> check.signals(one, runs));
        }
        members.removeIf(member -> member.over);
        members.forEach(member ->
                member.tracked.removeIf(one -> !one.isValid() && one.lost().isDone()));
    }

    // ---- in the end

    @Override
    public void finish() {
        members.forEach(member -> member.prompt = true);
        // Some listeners are stuck, up to the time limit.
        cluster.advance(revokeWithin);
        cluster.runUntil("all sessions opened", SETTLING, () -> opening == 0);
        check();
        String first = cluster.ids().get(0);
        joinAndWait(first, "the-first"); // others may be about to go
        settle("every partition owned as its target says");
        // Who still waits for a name that is taken would come when that one leaves.
        members.stream().filter(member -> member.participant == null).forEach(AssignmentMember::leave);
        settle("every partition still owned");
        Map<String, String> before = targets();
        requireSettled(before);

        joinAndWait(first, "one-more");
        requireMoves(before, "a member has come");

        before = targets();
        AssignmentMember leaver =
                members.stream().filter(AssignmentMember::isAlive).findFirst().orElseThrow();
        leaver.leave();
        requireMoves(before, "a member has left");

        members.forEach(AssignmentMember::leave);
        cluster.runUntil("everybody gone", limit(), () -> members.stream().allMatch(member -> member.over));
        cluster.runUntil("nothing left", limit(), () -> keys("/").isEmpty());
        check();
        cluster.assertReplicasAgree();
    }

    @Override
    public String story() {
        StringBuilder story = new StringBuilder();
        for (AssignmentMember member : members) {
            Participant participant = member.participant;
            story.append(member)
                    .append(member.leaving ? " leaving" : "")
                    .append(member.over ? " over" : "")
                    .append(participant == null ? " waits" : " owns " + participant.owned())
                    .append('\n');
        }
        keys("/")
                .forEach(entry -> story.append(entry.key())
                        .append(" = ")
                        .append(entry.text())
                        .append('\n'));
        return story.toString();
    }

    private Duration limit() {
        return SETTLING.plus(ttl.multipliedBy(3));
    }

    private void joinAndWait(String peer, String name) {
        join(peer, name + ++joins, new SplittableRandom(joins));
        cluster.runUntil(
                "a member has joined",
                limit(),
                () -> opening == 0 && members.get(members.size() - 1).participant != null);
        members.get(members.size() - 1).prompt = true;
    }

    private List<Entry> keys(String below) {
        return cluster.committed(RangeQuery.of(KeyRange.prefix(PATH + below))).entries();
    }

    private Map<String, String> targets() {
        Map<String, String> targets = new TreeMap<>();
        keys("/t/")
                .forEach(entry ->
                        targets.put(entry.key().substring((PATH + "/t/").length()), AssignmentCheck.memberOf(entry)));
        return targets;
    }

    /** The tokens of owners by partition. */
    private Map<String, Long> tokens() {
        Map<String, Long> tokens = new TreeMap<>();
        keys("/o/")
                .forEach(entry -> tokens.put(entry.key().substring((PATH + "/o/").length()), entry.createRevision()));
        return tokens;
    }

    private List<WeightedMember> registered() {
        return keys("/m/").stream()
                .map(entry -> new WeightedMember(
                        entry.key().substring((PATH + "/m/").length()),
                        Integer.parseInt(entry.text().split(" ")[1])))
                .toList();
    }

    /** Waits until all is as it should be, and stays so: moves come in waves. */
    private void settle(String what) {
        Map<String, Long> before;
        do {
            cluster.runUntil(what, limit(), this::isSettled);
            before = tokens();
            cluster.advance(QUIET);
        } while (!isSettled() || !tokens().equals(before));
    }

    /** Every partition is owned by the live member that is to have it, which knows; nobody else is there. */
    private boolean isSettled() {
        check();
        Map<String, String> targets = targets();
        Map<String, Long> tokens = tokens();
        if (members.stream().anyMatch(member -> member.leaving)
                || registered().size()
                        != members.stream().filter(AssignmentMember::isAlive).count()
                || !targets.keySet().equals(Set.copyOf(partitions))
                || !tokens.keySet().equals(targets.keySet())
                || !strategy.assign(partitions, registered(), targets).equals(targets)) {
            return false;
        }
        int owned = 0;
        for (AssignmentMember member : members) {
            Participant participant = member.participant;
            if (participant != null) {
                for (PartitionOwnership one : participant.owned().values()) {
                    boolean right = member.name.equals(targets.get(one.partition()))
                            && one.isValid()
                            && tokens.getOrDefault(one.partition(), 0L) == one.fencingToken();
                    owned += right ? 1 : 0;
                }
            }
        }
        return owned == partitions.size();
    }

    private void requireSettled(Map<String, String> targets) {
        World.require(
                strategy.assign(partitions, registered(), targets).equals(targets),
                () -> "not as the strategy has it: " + targets);
    }

    /** What the strategy moves has moved; what it does not has not been touched. */
    private void requireMoves(Map<String, String> before, String what) {
        Map<String, Long> tokens = tokens();
        settle("every partition owned again, after " + what);
        Map<String, String> expected = strategy.assign(partitions, registered(), before);
        Map<String, String> now = targets();
        World.require(now.equals(expected), () -> "moved beyond the bound: to " + now + ", not " + expected);
        Map<String, Long> after = tokens();
        for (String partition : partitions) {
            if (now.get(partition).equals(before.get(partition))) {
                World.require(
                        after.get(partition).equals(tokens.get(partition)),
                        () -> "taken from its owner for nothing: partition " + partition);
            }
        }
    }
}
