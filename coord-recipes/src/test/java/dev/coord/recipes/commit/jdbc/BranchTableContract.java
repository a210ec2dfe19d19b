package dev.coord.recipes.commit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.UnavailableException;
import dev.coord.kv.Value;
import dev.coord.recipes.commit.Branch;
import dev.coord.recipes.commit.HeuristicException;
import dev.coord.recipes.commit.TransactionStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a user sees of {@link BranchTable} on a database. */
abstract class BranchTableContract extends JdbcContract {

    BranchTableContract(TestDatabase database) {
        super(database);
    }

    // ---- one after the other

    @Test
    void everyCall_afterEveryOther_answersAsTheTableOfCasesSays() throws SQLException {
        List<String> answers = new ArrayList<>();
        int id = 0;
        for (String first : List.of("", "tryBranch", "tryBranch confirm", "tryBranch cancel", "cancel")) {
            for (String last : List.of("tryBranch", "confirm", "cancel")) {
                String transaction = "t" + id++;
                for (String call : first.isEmpty() ? new String[0] : first.split(" ")) {
                    once(call, branch(transaction, 1));
                }
                answers.add((first + " / " + last + ": ").strip() + once(last, branch(transaction, 1)) + " "
                        + state(transaction));
            }
        }
        assertThat(answers)
                .containsExactly(
                        "/ tryBranch:PROCEED TRIED",
                        "/ confirm:HAZARD ",
                        "/ cancel:EMPTY CANCELLED",
                        "tryBranch / tryBranch:DONE TRIED",
                        "tryBranch / confirm:PROCEED CONFIRMED",
                        "tryBranch / cancel:PROCEED CANCELLED",
                        "tryBranch confirm / tryBranch:DONE CONFIRMED",
                        "tryBranch confirm / confirm:DONE CONFIRMED",
                        "tryBranch confirm / cancel:COMMITTED CONFIRMED",
                        "tryBranch cancel / tryBranch:REFUSED CANCELLED",
                        "tryBranch cancel / confirm:ABORTED CANCELLED",
                        "tryBranch cancel / cancel:DONE CANCELLED",
                        "cancel / tryBranch:REFUSED CANCELLED",
                        "cancel / confirm:ABORTED CANCELLED",
                        "cancel / cancel:DONE CANCELLED");
    }

    @Test
    void smallerToken_isFenced_whateverTheBranchsStateAndTheCall() throws SQLException {
        int id = 0;
        for (String first : List.of("tryBranch", "tryBranch confirm", "tryBranch cancel", "cancel")) {
            for (String last : List.of("tryBranch", "confirm", "cancel")) {
                String transaction = "t" + id++;
                for (String call : first.split(" ")) {
                    once(call, branch(transaction, 5));
                }
                String before = state(transaction);
                assertThat(once(last, branch(transaction, 4)))
                        .as(first + " " + last)
                        .isEqualTo("FENCED");
                assertThat(state(transaction)).isEqualTo(before);
                assertThat(once(first.split(" ")[0], branch(transaction, 6))).isNotEqualTo("FENCED");
                assertThat(once(last, branch(transaction, 5)))
                        .as("a repetition raised it")
                        .isEqualTo("FENCED");
            }
        }
    }

    @Test
    void refusals_tellWhatIsWrong() throws SQLException {
        once("tryBranch", branch("t", 5));
        Connection connection = begin();
        assertThatThrownBy(() -> table.confirm(connection, branch("t", 4)))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("token 4 for t/bank is too old: 5 was seen");
        assertThatThrownBy(() -> table.confirm(connection, branch("unknown", 4)))
                .isInstanceOf(HeuristicException.class)
                .hasMessageContaining("unknown/bank")
                .hasMessageContaining("never tried");
        table.confirm(connection, branch("t", 5));
        assertThatThrownBy(() -> table.cancel(connection, branch("t", 5)))
                .isInstanceOf(HeuristicException.class)
                .hasMessageContaining("was confirmed");
        table.cancel(connection, branch("u", 5));
        assertThatThrownBy(() -> table.confirm(connection, branch("u", 5)))
                .isInstanceOf(HeuristicException.class)
                .hasMessageContaining("was cancelled");
    }

    @Test
    void rolledBackCalls_countForNothing() throws SQLException {
        Connection connection = begin();
        assertThat(call(table, connection, "tryBranch", branch("t", 9))).isEqualTo("PROCEED");
        connection.rollback();
        assertThat(state("t")).isEmpty();
        assertThat(once("tryBranch", branch("t", 1))).isEqualTo("PROCEED");
        for (String call : List.of("confirm", "cancel")) {
            assertThat(call(table, connection, call, branch("t", 9))).isEqualTo("PROCEED");
            connection.rollback();
        }
        assertThat(once("confirm", branch("t", 2))).isEqualTo("PROCEED");
    }

    @Test
    void misuse_isToldAndChangesNothing() throws SQLException {
        Connection connection = begin();
        for (String name : List.of("", "x".repeat(101))) {
            Branch bad = new Branch("t", name, 1, Value.EMPTY);
            assertThatThrownBy(() -> table.tryBranch(connection, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("participant has " + name.length() + " characters");
            assertThatThrownBy(() -> BranchTable.standard(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> table.tried(connection, name)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String id : List.of("", "x".repeat(65))) {
            assertThatThrownBy(() -> table.cancel(connection, branch(id, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("transaction id has " + id.length() + " characters");
        }
        for (String name : List.of("", "a b", "a;drop table account", "a.b.c", "1a", "a".repeat(64))) {
            assertThatThrownBy(() -> BranchTable.onTable(name, "d")).isInstanceOf(IllegalArgumentException.class);
        }
        connection.setAutoCommit(true);
        assertThatThrownBy(() -> table.cancel(connection, branch("t", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("setAutoCommit(false)");
        assertThat(query("select count(*) from coord_branch")).isEqualTo("0");
        connection.setAutoCommit(false);
    }

    @Test
    void longestNames_fit() throws SQLException {
        BranchTable longest = BranchTable.standard("d".repeat(100));
        Branch branch = new Branch("t".repeat(60), "p".repeat(100), Long.MAX_VALUE, Value.EMPTY);
        Connection connection = begin();
        assertThat(call(longest, connection, "tryBranch", branch)).isEqualTo("PROCEED");
        assertThat(call(longest, connection, "tryBranch", branch)).isEqualTo("DONE");
        assertThat(longest.tried(connection, "p".repeat(100))).containsExactly("t".repeat(60));
    }

    @Test
    void domainsAndParticipants_doNotSeeEachOther() throws SQLException {
        BranchTable other = BranchTable.standard("/other");
        Branch sameIdElsewhere = new Branch("t", "shop", 1, Value.EMPTY);
        Connection connection = begin();
        assertThat(call(table, connection, "tryBranch", branch("t", 5))).isEqualTo("PROCEED");
        assertThat(call(other, connection, "tryBranch", branch("t", 1))).isEqualTo("PROCEED");
        assertThat(call(table, connection, "tryBranch", sameIdElsewhere)).isEqualTo("PROCEED");
        assertThat(call(table, connection, "tryBranch", branch("u", 1))).isEqualTo("PROCEED");
        assertThat(call(table, connection, "cancel", branch("v", 1))).isEqualTo("EMPTY");
        assertThat(call(table, connection, "confirm", sameIdElsewhere)).isEqualTo("PROCEED");
        assertThat(table.tried(connection, "bank")).containsExactlyInAnyOrder("t", "u");
        assertThat(other.tried(connection, "bank")).containsExactly("t");
        assertThat(table.tried(connection, "shop")).isEmpty();
    }

    @Test
    void tableOfMyOwn_isUsed() throws SQLException {
        BranchTable own = BranchTable.onTable("my_branches", "/tx");
        execute(own.ddl());
        Connection connection = begin();
        own.tryBranch(connection, branch("t", 1));
        assertThat(own.tried(connection, "bank")).containsExactly("t");
        assertThat(table.tried(connection, "bank")).isEmpty();
    }

    // ---- purge

    @Test
    void purge_deletesWhatIsOldAndEnded() throws Exception {
        Map<String, TransactionStatus> statuses = new TreeMap<>();
        for (TransactionStatus status : TransactionStatus.values()) {
            for (String state : List.of("cancel", "tryBranch confirm", "tryBranch")) {
                String id = status + "-" + state.replace(' ', '-');
                statuses.put(id, status);
                for (String call : state.split(" ")) {
                    once(call, branch(id, 1));
                }
            }
        }
        execute("update coord_branch set changed = {ts '2001-02-03 04:05:06'}");
        statuses.put("young", TransactionStatus.COMMITTED);
        once("cancel", branch("young", 1));
        Connection connection = begin();
        BranchTable.standard("/other").cancel(connection, branch("ABORTED-cancel", 1));
        connection.commit();
        assertThat(table.purge(source, Duration.ofDays(2), statuses::get)).isEqualTo(6);
        assertThat(query("select transaction_id from coord_branch where domain = '/tx' order by transaction_id"))
                .isEqualTo(
                        "ABORTED-tryBranch ABORTING-cancel ABORTING-tryBranch ABORTING-tryBranch-confirm"
                                + " COMMITTED-tryBranch COMMITTING-cancel COMMITTING-tryBranch COMMITTING-tryBranch-confirm"
                                + " FORGOTTEN-tryBranch PREPARING-cancel PREPARING-tryBranch PREPARING-tryBranch-confirm young");
        assertThat(table.purge(source, Duration.ZERO, statuses::get))
                .as("by the database's clock")
                .isEqualTo(1);
        assertThat(query("select domain from coord_branch where transaction_id = 'ABORTED-cancel'"))
                .isEqualTo("/other");
    }

    @Test
    void purge_ofMoreThanAPage_goesOn_andOfNothing_ends() throws Exception {
        assertThat(table.purge(source, Duration.ZERO, id -> TransactionStatus.ABORTED))
                .isZero();
        Connection connection = begin();
        for (int i = 0; i < 2 * BranchPurge.PAGE + 1; i++) {
            table.cancel(connection, branch("t" + i, 1));
        }
        connection.commit();
        assertThat(table.purge(source, Duration.ZERO, id -> TransactionStatus.ABORTED))
                .isEqualTo(2 * BranchPurge.PAGE + 1);
        assertThatThrownBy(() -> table.purge(source, Duration.ofMillis(-1), id -> TransactionStatus.ABORTED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    void purge_goesOnBehindWhatMustStay_andWhatNobodyKnows() throws Exception {
        Connection connection = begin();
        for (int i = 0; i < BranchPurge.PAGE + 1; i++) {
            table.cancel(connection, branch("a" + i, 1));
        }
        for (String id : List.of("strange", "t1", "t2")) {
            table.cancel(connection, branch(id, 1));
        }
        connection.commit();
        AtomicInteger held = new AtomicInteger();
        int deleted = table.purge(source, Duration.ZERO, id -> {
            held.accumulateAndGet(source.open(), Math::max);
            if (id.equals("strange")) {
                throw new IllegalArgumentException(id + " is of another path");
            }
            return id.startsWith("a") ? TransactionStatus.COMMITTING : TransactionStatus.COMMITTED;
        });
        assertThat(deleted).isEqualTo(2);
        assertThat(held).as("connections while the coordinator is asked").hasValue(0);
        assertThat(state("t1") + state("t2")).isEmpty();
        assertThat(state("strange")).isEqualTo("CANCELLED");
        assertThatThrownBy(() -> table.purge(source, Duration.ZERO, id -> {
                    throw new UnavailableException("no majority");
                }))
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void insertThatViolatesAnotherConstraint_isNoDuplicate() throws Exception {
        Connection connection = begin();
        execute("alter table coord_branch add constraint few check (token < 5)");
        assertThatThrownBy(() -> table.tryBranch(connection, branch("t", 7)))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).startsWith("23").isNotEqualTo("23505"));
    }

    // ---- local transactions that meet

    @Test
    void calls_waitForTheLocalTransactionAtTheSameBranch_andAnswerByItsEnd() throws Exception {
        int id = 0;
        for (String before : List.of("", "tryBranch", "cancel")) {
            for (String first : CALLS.subList(0, 3)) {
                for (String second : CALLS.subList(0, 3)) {
                    for (boolean commits : new boolean[] {true, false}) {
                        meet("t" + id++, before, first, second, commits);
                    }
                }
            }
        }
    }

    private void meet(String id, String before, String first, String second, boolean commits) throws Exception {
        NaiveBranches model = new NaiveBranches();
        if (!before.isEmpty()) {
            assertThat(once(before, branch(id, 1))).isEqualTo(model.answer(before, id, 1));
        }
        NaiveBranches rolledBack = new NaiveBranches(model);
        Connection connection = begin();
        String answer = call(table, connection, first, branch(id, 1));
        assertThat(answer).isEqualTo(model.answer(first, id, 1));
        boolean nothingThere = answer.equals("HAZARD") || model.state(id).equals("absent");
        boolean isSeen = !(before.isEmpty() && second.equals("confirm")); // an uncommitted row may not be seen
        FutureTask<String> other = nothingThere || !isSeen ? null : meanwhile(() -> once(second, branch(id, 1)));
        if (commits) {
            connection.commit();
        } else {
            connection.rollback();
        }
        if (other != null) {
            assertThat(other.get())
                    .as("%s, then %s meets %s, which commits: %s", before, second, first, commits)
                    .isEqualTo((commits ? model : rolledBack).answer(second, id, 1));
        }
    }

    @Test
    void branches_doNotWaitForEachOther() throws SQLException {
        once("tryBranch", branch("known", 1));
        once("tryBranch", branch("known2", 1));
        Connection busy = begin();
        table.tryBranch(busy, branch("new", 1));
        table.confirm(busy, branch("known", 1));
        assertThat(once("tryBranch", branch("other", 1))).isEqualTo("PROCEED");
        assertThat(once("confirm", branch("known2", 1))).isEqualTo("PROCEED");
        assertThat(once("cancel", branch("other", 1))).isEqualTo("PROCEED");
        assertThat(once("cancel", branch("other2", 1))).isEqualTo("EMPTY");
        busy.commit();
    }

    @Test
    void contraryEnds_areNeverBothAnswered_atAnyIsolation() throws SQLException {
        for (int level : new int[] {
            Connection.TRANSACTION_READ_COMMITTED,
            Connection.TRANSACTION_REPEATABLE_READ,
            Connection.TRANSACTION_SERIALIZABLE
        }) {
            for (String before : List.of("tryBranch", "cancel")) {
                String id = before + level;
                Connection late = begin();
                late.setTransactionIsolation(level);
                execute(late, "select free from account"); // its snapshot is taken here, where there is one
                once(before, branch(id, 1));
                String ended = once("cancel", branch(id, 1));
                assertThat(ended).isIn("PROCEED", "DONE");
                assertThat(answerInTheEnd(late, "tryBranch", branch(id, 1))).isEqualTo("REFUSED");
                assertThat(answerInTheEnd(late, "confirm", branch(id, 1))).isEqualTo("ABORTED");
                assertThat(answerInTheEnd(late, "cancel", branch(id, 1))).isEqualTo("DONE");
            }
        }
    }

    /** As a user would: roll back and run the transaction again when the database says that it met another. */
    private String answerInTheEnd(Connection connection, String call, Branch branch) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                String answer = call(table, connection, call, branch);
                connection.rollback();
                execute(connection, "select free from account");
                return answer;
            } catch (SQLException e) {
                connection.rollback();
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    private record Committed(String call, Branch branch, String answer) {}

    @Test
    void concurrentLocalTransactions_answerAsIfOneCameAfterTheOther() throws Exception {
        Map<Long, Committed> history = new ConcurrentSkipListMap<>();
        AtomicLong order = new AtomicLong();
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(thread);
            tasks.add(() -> work(random, history, order));
        }
        int refused = atOnce(tasks).stream().mapToInt(Integer::intValue).sum();
        NaiveBranches model = new NaiveBranches();
        Set<String> answers = new TreeSet<>();
        for (Committed each : history.values()) {
            answers.add(each.answer());
            assertThat(each.answer())
                    .as(each.toString())
                    .isEqualTo(model.answer(
                            each.call(),
                            each.branch().transaction(),
                            each.branch().token()));
        }
        assertThat(answers).contains("PROCEED", "DONE", "REFUSED", "EMPTY", "ABORTED", "COMMITTED");
        assertThat(refused).isPositive();
    }

    /** Answers that were got under the row's lock are numbered under it; the others are counted. */
    private int work(Random random, Map<Long, Committed> history, AtomicLong order) throws SQLException {
        int others = 0;
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 300; i++) {
                Branch branch = branch("t" + i / 6, random.nextInt(3));
                String call = CALLS.get(random.nextInt(3));
                String answer = call(table, connection, call, branch);
                boolean isLocked = !answer.equals("FENCED") && !answer.equals("HAZARD");
                if (isLocked && random.nextInt(4) > 0) {
                    history.put(order.incrementAndGet(), new Committed(call, branch, answer));
                    connection.commit();
                } else {
                    connection.rollback();
                    others++;
                }
            }
        }
        return others;
    }
}
