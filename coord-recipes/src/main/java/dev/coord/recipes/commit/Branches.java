package dev.coord.recipes.commit;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The branches of one transaction; who takes part does not change. Used in the context of their host. */
final class Branches {
    private final List<BranchDriver> all;
    private final @Nullable BranchDriver last;

    Branches(BranchDriver.Host host, CommitRecord record) {
        all = record.shares().stream()
                .map(share -> new BranchDriver(host, share))
                .toList();
        last = all.stream().filter(BranchDriver::isLast).findFirst().orElse(null);
    }

    /** The one that commits in one phase and so decides for all, if there is one. */
    @Nullable
    BranchDriver last() {
        return last;
    }

    void prepare() {
        all.stream().filter(branch -> !branch.isLast()).forEach(BranchDriver::prepare);
    }

    boolean arePreparing() {
        return all.stream().anyMatch(BranchDriver::isPreparing);
    }

    /** Tells whether some have left after their vote, having only read. */
    boolean haveReaders() {
        return all.stream().anyMatch(branch -> !branch.isLast() && branch.isDone());
    }

    boolean areDone() {
        return all.stream().allMatch(BranchDriver::isDone);
    }

    void end(boolean commit) {
        all.forEach(branch -> branch.end(commit));
    }

    void letGo() {
        all.forEach(BranchDriver::letGo);
    }

    /** Whoever has only read has left: nobody who takes over may ask it to commit what it does not know any more. */
    List<Share> toBeTold() {
        return all.stream()
                .filter(branch -> !branch.isDone())
                .map(BranchDriver::share)
                .toList();
    }

    List<String> preparing() {
        return names(BranchDriver::isPreparing);
    }

    List<String> pending() {
        return names(branch -> !branch.isDone());
    }

    private List<String> names(Predicate<BranchDriver> which) {
        return all.stream().filter(which).map(BranchDriver::participant).toList();
    }

    /** What the last call failed with that has to be made again, if one did. */
    @Nullable
    String trouble() {
        return all.stream()
                .map(BranchDriver::trouble)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
