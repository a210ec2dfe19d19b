package dev.coord.examples.ledger;

import static java.util.Objects.requireNonNull;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.Op;
import dev.coord.kv.TxnResult;
import dev.coord.raft.LocalCluster;
import dev.coord.raft.LocalCluster.Network;
import dev.coord.recipes.election.LeaderInfo;
import dev.coord.recipes.election.Leadership;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Three peers in this JVM, with TCP between them and logs on disk, carry a small ledger service. The peer that is Raft
 * leader and hosts the elected leader is cut off in the middle of the work; another takes over; the old one comes back
 * and finds itself fenced off. At the end every acknowledged entry is there, once. Exits with 1 if anything is not so.
 */
public final class LedgerDemo {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SESSION_TTL = Duration.ofSeconds(2);
    private static final int ENTRIES = 300;

    private final Story story;
    private final LocalCluster cluster;
    private final Progress progress;
    private final Archive archive = new Archive();
    private final Map<String, LedgerService> services = new TreeMap<>();

    private LedgerDemo(Story story, LocalCluster cluster) {
        this.story = story;
        this.cluster = cluster;
        this.progress = new Progress(story);
    }

    /**
     * Runs the demo.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        System.exit(run(new Story(System.out)));
    }

    private static int run(Story story) {
        story.chapter("A ledger on three embedded Coord peers");
        story.tell("three peers start in this JVM, with TCP between them and their logs on disk");
        try (LocalCluster cluster = LocalCluster.builder()
                .network(Network.TCP)
                .configure(peer -> peer.sessionTtl(SESSION_TTL))
                .start()) {
            new LedgerDemo(story, cluster).play();
            return 0;
        } catch (DemoFailure e) {
            story.tell("FAILED: " + e.getMessage());
            return 1;
        } catch (RuntimeException | InterruptedException e) {
            story.tell("FAILED: " + e);
            e.printStackTrace();
            return 1;
        }
    }

    private void play() throws InterruptedException {
        String first = cluster.awaitLeader(PATIENCE);
        String last = others(first).get(1);
        story.tell(first + " is the Raft leader of " + cluster.ids());
        try (Watcher watcher = new Watcher(last, cluster.coord(last), story)) {
            story.chapter("The elected leader writes, entry by entry, under a lock");
            standForElection(first);
            awaitEntries(1);
            standForElection(others(first).get(0));
            standForElection(last);
            awaitEntries(ENTRIES);

            Failover failover = loseLeader();
            comeBack(failover);
            awaitEntries(ENTRIES);
            stopServices();

            verify(watcher, failover);
        }
    }

    private List<String> others(String id) {
        return cluster.ids().stream().filter(other -> !other.equals(id)).toList();
    }

    private void standForElection(String peer) throws InterruptedException {
        LedgerService service = new LedgerService(peer, cluster.coord(peer), archive, progress);
        services.put(peer, service);
        story.tell("the service on " + peer + " stands for election");
        service.start();
    }

    private LedgerService service(String peer) {
        return requireNonNull(services.get(peer));
    }

    private void awaitEntries(int more) throws InterruptedException {
        int wanted = progress.acknowledged().size() + more;
        long begin = story.nanos();
        progress.await(wanted + " entries", PATIENCE, entries -> entries.size() >= wanted);
        if (more > 1) {
            story.tell(more + " more entries in " + Story.millis(story.nanos() - begin) + " ms, all acknowledged");
        }
    }

    /** The leadership that was lost, when the peer was cut off, and the first entry of the next leader. */
    private record Failover(String peer, Leadership former, long cutAt, LedgerEntry next) {}

    private Failover loseLeader() throws InterruptedException {
        String peer = bringLeadersTogether();
        Leadership former = service(peer).lastLeadership().orElseThrow();
        story.chapter("The peer that is Raft leader and hosts the elected leader is cut off");
        long cutAt = story.nanos();
        CompletableFuture<Void> cut = CompletableFuture.runAsync(() -> cluster.kill(peer));
        progress.awaitEnd(peer, PATIENCE);
        story.tell(peer + " is gone in the middle of its work: its connections reset, nobody told");
        cluster.coord(others(peer).get(0)).kv().put("/probe", "written");
        story.tell("the store takes writes again, " + Story.millis(story.nanos() - cutAt) + " ms after the cut");
        progress.await("an entry by another leader", PATIENCE, entries -> next(entries, former) != null);
        LedgerEntry next = next(progress.acknowledged(), former);
        if (next == null) {
            throw new DemoFailure("no next leader");
        }
        story.tell(next.author() + " writes on, and " + cluster.awaitLeader(PATIENCE) + " is the Raft leader");
        story.check(!former.isValid() && former.lost().isDone(), "the former leader knows that it leads no more");
        cut.join(); // its threads and files are gone, too, so it can start again
        return new Failover(peer, former, cutAt, next);
    }

    private static @Nullable LedgerEntry next(List<LedgerEntry> entries, Leadership former) {
        return entries.stream()
                .filter(entry -> entry.token() > former.term())
                .findFirst()
                .orElse(null);
    }

    /** Lets the elected leader resign until it is the one on the Raft leader's peer, as it mostly is at once. */
    private String bringLeadersTogether() throws InterruptedException {
        while (true) {
            String raftLeader = cluster.awaitLeader(PATIENCE);
            List<LedgerEntry> entries = progress.acknowledged();
            LedgerEntry latest = entries.get(entries.size() - 1);
            if (latest.author().equals(raftLeader)) {
                return raftLeader;
            }
            story.tell(latest.author() + " resigns, since " + raftLeader + " is the Raft leader now");
            service(latest.author()).close();
            standForElection(latest.author());
            progress.await(
                    "a change of leaders",
                    PATIENCE,
                    later -> later.get(later.size() - 1).token() > latest.token());
        }
    }

    private void comeBack(Failover failover) throws InterruptedException {
        String peer = failover.peer();
        Leadership former = failover.former();
        story.chapter("The old leader comes back");
        long begin = story.nanos();
        cluster.restart(peer);
        Coord coord = cluster.coord(peer);
        long caughtUp = new Ledger(coord).lastNumber();
        story.tell(peer + " is back from its log and has caught up to entry " + caughtUp + ", in "
                + Story.millis(story.nanos() - begin) + " ms");

        LedgerEntry forged = new LedgerEntry(caughtUp, "forged", peer, former.fencingToken());
        TxnResult result = coord.kv()
                .txn()
                .when(former.guard())
                .then(Op.put(forged.key(), forged.text()))
                .commit();
        story.check(!result.succeeded(), "the store refuses a write under its old guard");
        story.check(isRefusedByArchive(forged), "the archive refuses its old token " + forged.token());
        standForElection(peer);
    }

    private boolean isRefusedByArchive(LedgerEntry entry) {
        try {
            archive.store(entry);
            return false;
        } catch (FencedException e) {
            return true;
        }
    }

    /** The waiting ones first, so that no more leaders are elected. */
    private void stopServices() {
        services.values().stream().filter(service -> !service.leads()).forEach(LedgerService::close);
        services.values().forEach(LedgerService::close);
    }

    private void verify(Watcher watcher, Failover failover) throws InterruptedException {
        story.chapter("The books are checked");
        String reader = others(failover.peer()).get(0);
        long revision = cluster.coord(reader).kv().put("/probe", "the end");
        List<LedgerEntry> ledger = new Ledger(cluster.coord(reader)).readAll(Consistency.atLeast(revision));
        List<LedgerEntry> acknowledged = progress.acknowledged();
        Map<String, Long> copies =
                ledger.stream().collect(Collectors.groupingBy(LedgerEntry::id, Collectors.counting()));

        story.check(
                acknowledged.stream().allMatch(entry -> copies.getOrDefault(entry.id(), 0L) == 1),
                "each acknowledged entry is in the ledger exactly once");
        story.check(isNumberedWithoutGap(ledger), "the entries are numbered from 1 to " + ledger.size());
        story.check(
                isGrowing(ledger.stream().map(LedgerEntry::token).toList()), "no token is followed by a smaller one");
        story.check(allReplicasHold(ledger, revision), "the three replicas are the same");
        story.check(
                watcher.await(ledger.size(), PATIENCE).equals(ledger), "the watcher saw every entry, once, in order");
        story.check(
                isGrowing(watcher.leaders().stream().map(LeaderInfo::term).toList()),
                "the observer saw the leaders change in order: "
                        + watcher.leaders().stream().map(LeaderInfo::candidate).collect(Collectors.joining(", then ")));
        conclude(acknowledged, ledger, failover);
    }

    private boolean allReplicasHold(List<LedgerEntry> ledger, long revision) throws InterruptedException {
        for (String peer : cluster.ids()) {
            if (!new Ledger(cluster.coord(peer))
                    .readAll(Consistency.atLeast(revision))
                    .equals(ledger)) {
                return false;
            }
        }
        return true;
    }

    private void conclude(List<LedgerEntry> acknowledged, List<LedgerEntry> ledger, Failover failover) {
        long cutToWrite = progress.acknowledgedAt(failover.next()) - failover.cutAt();
        story.chapter(String.format(
                "All is well: %d acknowledged entries, each there exactly once (%d unacknowledged); "
                        + "failover %d ms; tokens %d, then %d.",
                acknowledged.size(),
                ledger.size() - acknowledged.size(),
                Story.millis(cutToWrite),
                failover.former().fencingToken(),
                failover.next().token()));
    }

    private static boolean isNumberedWithoutGap(List<LedgerEntry> ledger) {
        return IntStream.range(0, ledger.size()).allMatch(i -> ledger.get(i).number() == i + 1);
    }

    private static boolean isGrowing(List<Long> tokens) {
        return IntStream.range(1, tokens.size()).allMatch(i -> tokens.get(i - 1) <= tokens.get(i));
    }
}
