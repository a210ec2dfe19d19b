package dev.coord.recipes.workload;

import dev.coord.CoordException;
import dev.coord.CoordException.Outcome;
import dev.coord.kv.Value;
import dev.coord.net.Messenger;
import dev.coord.recipes.commit.CommitCoordinator;
import dev.coord.recipes.commit.CommitCoordinatorBuilder;
import dev.coord.recipes.commit.GlobalTransaction;
import dev.coord.recipes.commit.RemoteParticipant;
import dev.coord.recipes.commit.TransactionStatus;
import dev.coord.testkit.SimulatedCluster;
import dev.coord.testkit.workload.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Money moved between accounts, each in a database that one peer serves, and one that commits last. Coordinators come and go with
 * their sessions. In the end all transfers were made at both ends or at none, as whoever asked was told, and the sum is what it was.
 */
final class TransferUse implements ExclusiveUse {
    static final String PATH = "/commit/bank";
    private static final int ACCOUNTS = 4;
    private static final long FUNDS = 1_000;
    private static final String LAST = "last";

    private final World world;
    private final List<Accounts> accounts = new ArrayList<>();
    private final Accounts last;
    private final Map<Client, CommitCoordinator> coordinators = new IdentityHashMap<>();
    private final Map<String, Messenger> served = new HashMap<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private final Duration timeout;
    private long told;

    TransferUse(World world, long seed) {
        this.world = world;
        SplittableRandom random = new SplittableRandom(seed);
        boolean forgetful = random.nextBoolean();
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts.add(new Accounts("account" + i, FUNDS, forgetful));
        }
        last = new Accounts(LAST, FUNDS, false);
        timeout = Duration.ofMillis(200 + random.nextInt(5_000));
    }

    /** A transfer, and what was heard of it. */
    private static final class Transfer {
        final String id;
        final List<Accounts> ends;
        final Client client;

        @Nullable
        Boolean committed;

        boolean over;

        Transfer(String id, List<Accounts> ends, Client client) {
            this.id = id;
            this.ends = ends;
            this.client = client;
        }
    }

    List<Action> actions(int weight) {
        return List.of(
                world.action("transfer", 8 * weight, this::transfer),
                world.action("transfer-last", 3 * weight, this::transferLast),
                world.action("give-up", weight, this::giveUp),
                world.action("close-coordinator", 1, (client, random) -> closeCoordinator(client)),
                world.action("status", weight, this::status));
    }

    // ---- the cluster

    /** Whoever serves an account does so again after a crash. */
    private void serve() {
        SimulatedCluster cluster = world.cluster;
        for (int i = 0; i < ACCOUNTS; i++) {
            String peer = host(i);
            if (cluster.isRunning(peer)) {
                Messenger messenger = cluster.messenger(peer);
                Messenger before = served.put(accounts.get(i).name, messenger);
                if (before != messenger) {
                    RemoteParticipant.serve(messenger, accounts.get(i).name, accounts.get(i));
                }
            }
        }
    }

    private String host(int account) {
        List<String> ids = world.cluster.ids();
        return ids.get(account % ids.size());
    }

    private CommitCoordinator coordinator(Client client) {
        return coordinators.computeIfAbsent(client, unknown -> {
            CommitCoordinatorBuilder builder = CommitCoordinator.on(client.coord, PATH)
                    .timeout(timeout)
                    .retention(Duration.ofHours(2))
                    .scanInterval(world.usualTtl())
                    .lastResource(LAST, last);
            Messenger messenger = world.cluster.messenger(client.peer);
            for (int i = 0; i < ACCOUNTS; i++) {
                String name = accounts.get(i).name;
                builder.participant(name, RemoteParticipant.at(messenger, host(i), name, timeout));
            }
            return builder.start();
        });
    }

    private void closeCoordinator(Client client) {
        CommitCoordinator one = coordinators.remove(client);
        if (one != null) {
            one.closeAsync();
        }
    }

    // ---- what is done

    private void transfer(Client client, SplittableRandom random) {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        long amount = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(random.nextInt(4) == 0 ? 2_000 : 300);
        commit(client, List.of(accounts.get(from), accounts.get(to)), amount);
    }

    private void transferLast(Client client, SplittableRandom random) {
        Accounts other = accounts.get(random.nextInt(ACCOUNTS));
        long amount = 1 + random.nextInt(300);
        commit(client, random.nextBoolean() ? List.of(other, last) : List.of(last, other), amount);
    }

    /** Takes the amount from the first and gives it to the second. */
    private void commit(Client client, List<Accounts> ends, long amount) {
        serve();
        GlobalTransaction transaction = begin(client, ends);
        Transfer transfer = new Transfer(transaction.id(), ends, client);
        transfers.add(transfer);
        transaction.enlist(ends.get(0).name, Value.of(Long.toString(-amount)));
        transaction.enlist(ends.get(1).name, Value.of(Long.toString(amount)));
        CompletableFuture<Void> commit = transaction.commitAsync();
        commit.whenComplete((done, failure) -> {
            transfer.over = true;
            if (failure == null) {
                transfer.committed = true;
            } else if (failure instanceof CoordException known && known.outcome() == Outcome.NOT_APPLIED) {
                transfer.committed = false;
            }
        });
        world.note(commit);
    }

    /** Half of them have a record already when they commit, which has to be written again: it lacks the amounts. */
    private GlobalTransaction begin(Client client, List<Accounts> ends) {
        String[] names = ends.stream().map(end -> end.name).toArray(String[]::new);
        return transfers.size() % 2 == 0
                ? coordinator(client).begin()
                : coordinator(client).begin(names);
    }

    private void giveUp(Client client, SplittableRandom random) {
        serve();
        GlobalTransaction transaction = begin(client, accounts);
        transaction.enlist(accounts.get(random.nextInt(ACCOUNTS)).name, Value.of("1"));
        transaction.close();
    }

    private void status(Client client, SplittableRandom random) {
        if (transfers.isEmpty()) {
            return;
        }
        Transfer one = transfers.get(random.nextInt(transfers.size()));
        world.note(coordinator(client).statusAsync(one.id), status -> {
            told++;
            boolean commits = status == TransactionStatus.COMMITTED || status == TransactionStatus.COMMITTING;
            if (one.over && one.committed != null && status != TransactionStatus.PREPARING) {
                World.require(
                        commits == one.committed,
                        () -> "whoever asked was told committed=" + one.committed + " of " + one.id + ", and later "
                                + status);
            }
            if (status == TransactionStatus.COMMITTED) {
                one.ends.forEach(end -> World.require(
                        end.hasCommitted(one.id) || isZero(one),
                        () -> "committed at all, but not at " + end.name + ": " + one.id));
            }
        });
    }

    /** Nothing moves in a transfer of nothing: its participants have only read. */
    private static boolean isZero(Transfer one) {
        return one.ends.stream().noneMatch(end -> end.hasCommitted(one.id));
    }

    // ---- what must hold

    @Override
    public void check() {
        for (Accounts account : accounts) {
            World.require(account.wrong() == null, () -> String.valueOf(account.wrong()));
        }
    }

    @Override
    public void checkNow() {
        serve();
        coordinators.keySet().removeIf(client -> client.isOver() || !world.isUp(client));
    }

    @Override
    public boolean isEveryObserverTold() {
        return true;
    }

    @Override
    public void drain() {
        serve();
        // Somebody has to be there to take over.
        world.clients().stream()
                .filter(client -> !client.isOver() && world.isUp(client))
                .forEach(this::coordinator);
        for (String peer : world.cluster.ids()) {
            Client one = world.opened(peer, peer + ".heir");
            coordinator(one);
        }
    }

    @Override
    public boolean isEveryClaimDecided() {
        serve();
        return transfers.stream().allMatch(one -> one.over || one.client.isOver() || !world.isUp(one.client))
                && accounts.stream().noneMatch(Accounts::isInDoubt);
    }

    @Override
    public boolean isNothingLeft() {
        return world.queue(PATH).stream()
                .map(entry -> entry.key().substring(PATH.length()))
                .noneMatch(key -> key.startsWith("/~t/") || key.startsWith("/~o/") || key.startsWith("/~h/"));
    }

    @Override
    public void checkInTheEnd() {
        long sum =
                last.balance() + accounts.stream().mapToLong(Accounts::balance).sum();
        World.require(sum == FUNDS * (ACCOUNTS + 1), () -> "the sum is " + sum);
        for (Transfer one : transfers) {
            boolean first = one.ends.get(0).hasCommitted(one.id);
            boolean second = one.ends.get(1).hasCommitted(one.id);
            World.require(first == second, () -> "a mixed outcome of " + one.id);
            if (one.committed != null && (first || !one.committed)) {
                World.require(
                        first == one.committed,
                        () -> one.id + " came to " + first + ", but whoever asked was told " + one.committed);
            }
        }
    }

    @Override
    public Map<String, Long> counts() {
        return Map.of(
                "transfers",
                (long) transfers.size(),
                "committed",
                transfers.stream()
                        .filter(one -> one.ends.get(0).hasCommitted(one.id))
                        .count(),
                "unknown",
                transfers.stream()
                        .filter(one -> one.over && one.committed == null)
                        .count(),
                "statuses",
                told);
    }
}
