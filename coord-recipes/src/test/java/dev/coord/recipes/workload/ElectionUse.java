package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.Value;
import dev.coord.recipes.election.CandidateInfo;
import dev.coord.recipes.election.CandidateTopics;
import dev.coord.recipes.election.LeaderElection;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.LeaderListener;
import dev.coord.recipes.election.Leadership;
import dev.coord.recipes.election.Observation;
import dev.coord.recipes.election.TopicListener;
import dev.coord.testkit.workload.Action;
import dev.coord.watch.WatchEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Elections: stood in with priorities, handed over, left and taken up again, in topics too; and observed. */
final class ElectionUse implements ExclusiveUse {
    private static final int MOST_CAMPAIGNS = 8;
    private static final String TOPICS = "/topics";
    private static final List<String> NAMES = List.of("x", "y");

    private final World world;
    private final HolderCheck check;
    private final Map<String, TermLog> logs = new LinkedHashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<LockUse.Held> held = new ArrayList<>();
    private final Map<StateTape, LockUse.Held> tapes = new LinkedHashMap<>();
    /** Who is handing over, which one does once at a time. */
    private final Set<LockUse.Held> leaving = new HashSet<>();

    private final Map<Client, Topics> topics = new LinkedHashMap<>();
    private final List<Observer> observers = new ArrayList<>();
    private long followed;
    private boolean draining;

    ElectionUse(World world) {
        this.world = world;
        this.check = new HolderCheck(world);
        logs.put("/ranked", new TermLog("/ranked"));
        NAMES.forEach(name -> logs.put(TOPICS + "/" + name, new TermLog(TOPICS + "/" + name)));
        follow();
    }

    /** A campaign that is not decided. */
    private record Pending(Client client, CompletableFuture<?> campaign) {}

    List<Action> actions() {
        return List.of(
                world.action("stand", 16, this::stand),
                world.action("withdraw", 3, this::withdraw),
                new Action("step-down", 6, () -> !held.isEmpty(), this::stepDown),
                new Action("hand-over", 8, () -> !held.isEmpty(), this::handOver),
                new Action("requeue", 3, () -> !held.isEmpty(), this::requeue),
                new Action("guarded-write", 8, () -> !held.isEmpty(), this::write),
                new Action("proclaim", 4, () -> !held.isEmpty(), this::proclaim),
                world.action("stand-in-topic", 4, this::standInTopic),
                world.action("drop-topic", 2, this::dropTopic),
                world.action("observe", 2, this::observe));
    }

    // ---- campaigns

    private void stand(Client client, SplittableRandom random) {
        if (pending.size() >= MOST_CAMPAIGNS) {
            return;
        }
        LeaderElection election = LeaderElection.on(client.coord, "/ranked").withPriority(random.nextInt(4) - 1);
        String name = client.peer + "-" + random.nextInt(3);
        Duration patience = Duration.ofMillis(random.nextInt(1 + random.nextInt(5_000)));
        campaign(client, random.nextInt(3) > 0 ? election.campaignAsync(name) : election.campaignAsync(name, patience));
    }

    private void campaign(Client client, CompletableFuture<?> campaign) {
        Pending mine = new Pending(client, campaign);
        pending.add(mine);
        world.note(campaign, result -> {
            Object won = result instanceof Optional<?> optional ? optional.orElse(null) : result;
            if (won instanceof Leadership leadership) {
                elected(LockUse.Held.of(client, "/ranked", leadership));
            }
        });
        campaign.whenComplete((result, failure) -> pending.remove(mine));
    }

    private void elected(LockUse.Held one) {
        check.granted(one);
        tapes.put(StateTape.of(world, one.handle()), one);
        if (draining) {
            resign(one);
        } else {
            held.add(one);
        }
    }

    private void withdraw(Client client, SplittableRandom random) {
        if (!pending.isEmpty()) {
            Pending one = pending.get(random.nextInt(pending.size()));
            if (world.isUp(one.client())) {
                one.campaign().cancel(false);
            }
        }
    }

    private Optional<LockUse.Held> any(SplittableRandom random) {
        LockUse.Held one = held.get(random.nextInt(held.size()));
        return world.isUp(one.client()) && !one.client().isOver() ? Optional.of(one) : Optional.empty();
    }

    private static Leadership leadership(LockUse.Held one) {
        return (Leadership) one.handle();
    }

    private void stepDown(SplittableRandom random) {
        any(random).ifPresent(one -> {
            held.remove(one);
            resign(one);
        });
    }

    private void resign(LockUse.Held one) {
        check.released(one);
        one.handle().closeAsync();
    }

    private void requeue(SplittableRandom random) {
        any(random).ifPresent(one -> {
            held.remove(one);
            check.released(one);
            campaign(one.client(), leadership(one).requeueAsync());
        });
    }

    /** Chooses by a look that may be old, so that the chosen one has gone at times. */
    private void handOver(SplittableRandom random) {
        any(random).ifPresent(one -> {
            Consistency consistency = random.nextBoolean() ? Consistency.sequential() : Consistency.linearizable();
            CompletableFuture<List<CandidateInfo>> found =
                    LeaderElection.on(one.client().coord, one.path()).candidatesAsync(consistency);
            int choice = random.nextInt(100);
            world.note(found, candidates -> {
                if (!candidates.isEmpty() && !draining) {
                    handOver(one, candidates.get(choice % candidates.size()));
                }
            });
        });
    }

    private void handOver(LockUse.Held one, CandidateInfo candidate) {
        if (!leaving.add(one)) {
            return;
        }
        log(one.path()).chosen(candidate.id());
        CompletableFuture<Boolean> transfer = leadership(one).transferToAsync(candidate);
        transfer.whenComplete((done, failure) -> leaving.remove(one));
        world.note(transfer, done -> {
            if (done) {
                World.require(!one.handle().isValid(), () -> "valid after it was handed over: " + one);
                held.remove(one);
                check.released(one);
            }
        });
    }

    private void proclaim(SplittableRandom random) {
        any(random).ifPresent(one -> world.note(leadership(one).proclaimAsync("p" + random.nextInt(100))));
    }

    private void write(SplittableRandom random) {
        any(random).ifPresent(one -> {
            boolean believed = one.handle().isValid();
            Op put = Op.put(
                    World.GUARDED + one.path(),
                    Value.of(Long.toString(one.handle().fencingToken())));
            world.note(
                    one.client()
                            .coord
                            .kv()
                            .txn()
                            .when(one.handle().guard())
                            .then(put)
                            .commitAsync(),
                    result -> world.saw(result.revision()));
            if (believed) {
                check.writesOutside(one);
            } else if (one.handle().lost().isDone()) {
                held.remove(one);
            }
        });
    }

    // ---- topics

    /** What a client is told of its topics. */
    private final class Topics implements TopicListener {
        final Client client;
        final CandidateTopics candidate;
        final Map<String, LockUse.Held> led = new HashMap<>();

        Topics(Client client) {
            this.client = client;
            this.candidate = CandidateTopics.of(client.coord, TOPICS, client.process, this);
        }

        @Override
        public void isLeader(String topic, Leadership leadership) {
            LockUse.Held one = LockUse.Held.of(client, TOPICS + "/" + topic, leadership);
            note(() -> {
                World.require(led.put(topic, one) == null, () -> "told twice of the leadership of " + topic);
                check.granted(one);
            });
        }

        @Override
        public void notLeader(String topic) {
            note(() -> {
                LockUse.Held one = led.remove(topic);
                World.require(one != null, () -> "told of the loss of " + topic + ", which was not led");
                World.require(!one.handle().isValid(), () -> "told of the loss of what is held: " + one);
                check.released(one);
            });
        }

        private void note(Runnable assertions) {
            try {
                assertions.run();
            } catch (AssertionError e) {
                world.fail(e);
            }
        }
    }

    private void standInTopic(Client client, SplittableRandom random) {
        if (!draining) {
            Topics mine = topics.computeIfAbsent(client, Topics::new);
            mine.candidate.stand(NAMES.get(random.nextInt(NAMES.size())), random.nextInt(2));
        }
    }

    private void dropTopic(Client client, SplittableRandom random) {
        Topics mine = topics.get(client);
        if (mine != null) {
            world.note(mine.candidate.dropAsync(NAMES.get(random.nextInt(NAMES.size()))));
        }
    }

    // ---- observers

    /** What an observer was told: leaders or none; an absent element is a gap. */
    private static final class Observer implements LeaderListener {
        final Client client;
        final String path;
        final List<Optional<Optional<LeaderInfo>>> told = new ArrayList<>();
        Optional<LeaderInfo> last = Optional.empty();
        boolean ended;

        Observer(Client client, String path) {
            this.client = client;
            this.path = path;
        }

        @Override
        public void onLeader(Optional<LeaderInfo> leader) {
            last = leader;
            told.add(Optional.of(leader));
        }

        @Override
        public void onGap() {
            told.add(Optional.empty());
        }

        @Override
        public void onEnd(CoordException cause) {
            ended = true;
        }
    }

    private void observe(Client client, SplittableRandom random) {
        List<String> paths = List.copyOf(logs.keySet());
        Observer observer = new Observer(client, paths.get(random.nextInt(paths.size())));
        observers.add(observer);
        Observation ignored = LeaderElection.on(client.coord, observer.path).observe(observer);
    }

    // ---- what must hold

    private TermLog log(String path) {
        return logs.get(path);
    }

    private void follow() {
        List<WatchEvent> changes;
        while (!(changes = world.cluster.committedChanges(followed + 1)).isEmpty()) {
            followed++;
            for (TermLog log : logs.values()) {
                log.committed(followed, changes);
            }
        }
    }

    private List<LockUse.Held> all() {
        List<LockUse.Held> all = new ArrayList<>(held);
        topics.values().forEach(each -> all.addAll(each.led.values()));
        return all;
    }

    @Override
    public void check() {
        follow();
        check.check(all());
    }

    @Override
    public void checkNow() {
        check.checkSignals(all());
    }

    @Override
    public boolean isEveryObserverTold() {
        return observers.stream()
                .filter(observer -> !observer.ended && !observer.client.isOver())
                .allMatch(observer -> observer.last.equals(world.leaderOf(observer.path)));
    }

    @Override
    public void drain() {
        draining = true;
        List.copyOf(held).forEach(this::resign);
        held.clear();
        topics.values().forEach(each -> world.note(each.candidate.closeAsync()));
    }

    @Override
    public boolean isEveryClaimDecided() {
        return pending.isEmpty();
    }

    @Override
    public boolean isNothingLeft() {
        return logs.keySet().stream().allMatch(path -> world.waitersOf(path) == 0);
    }

    @Override
    public void checkInTheEnd() {
        follow();
        tapes.forEach((tape, one) ->
                World.require(tape.isOver() || !world.isUp(one.client()), () -> "the loss was not told: " + one));
        for (Observer observer : observers) {
            log(observer.path).checkTold(observer.told);
        }
    }
}
