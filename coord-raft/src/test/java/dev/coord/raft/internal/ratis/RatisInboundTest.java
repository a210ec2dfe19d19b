package dev.coord.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.raft.internal.transport.MessageKind;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;

/** What Ratis answers to entries that it has in memory already says nothing of the disk; a leader that waits for it is not silent. */
class RatisInboundTest {
    private static final RaftGroupId GROUP = RaftGroupId.randomId();
    private static final RaftPeerId SELF = RaftPeerId.valueOf("n2");
    private static final RaftPeerId LEADER = RaftPeerId.valueOf("n1");

    private final Queue<CompletableFuture<AppendEntriesReplyProto>> answers = new ArrayDeque<>();
    private final AtomicLong flushed = new AtomicLong(99);
    private final AtomicLong term = new AtomicLong(1);
    private final RatisInbound inbound = inbound();

    private RatisInbound inbound() {
        RaftLog log = fake(RaftLog.class, Map.of("getFlushIndex", flushed::get));
        DivisionInfo info = fake(
                DivisionInfo.class,
                Map.of(
                        "isFollower",
                        () -> true,
                        "isAlive",
                        () -> true,
                        "getCurrentTerm",
                        term::get,
                        "getLeaderId",
                        () -> LEADER));
        RaftServer.Division division =
                fake(RaftServer.Division.class, Map.of("getInfo", () -> info, "getRaftLog", () -> log));
        RaftServer server = fake(RaftServer.class, Map.of("getId", () -> SELF, "appendEntriesAsync", answers::remove));
        RatisInbound made = new RatisInbound(
                server,
                division,
                GROUP,
                new Lanes("test"),
                new LogFiles(Path.of("none"), GROUP),
                new ConfigurationGuard(division),
                () -> {
                    throw new AssertionError("nothing was forgotten");
                });
        made.open();
        return made;
    }

    private static <T> T fake(Class<T> type, Map<String, Supplier<Object>> methods) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Supplier<Object> answer = methods.get(method.getName());
                    assertThat(answer).as(method.getName()).isNotNull();
                    return answer.get();
                }));
    }

    private CompletableFuture<byte[]> append(long entry, CompletableFuture<AppendEntriesReplyProto> answer) {
        answers.add(answer);
        AppendEntriesRequestProto request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(LEADER.toByteString())
                        .setReplyId(SELF.toByteString())
                        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(GROUP.toByteString())))
                .setLeaderTerm(1)
                .addEntries(LogEntryProto.newBuilder().setTerm(1).setIndex(entry))
                .build();
        return inbound.handle("n1", MessageKind.RAFT_APPEND, request.toByteArray());
    }

    private static AppendEntriesReplyProto success(long entry) {
        return AppendEntriesReplyProto.newBuilder()
                .setResult(AppendResult.SUCCESS)
                .setMatchIndex(entry)
                .setNextIndex(entry + 1)
                .build();
    }

    @Test
    void entriesSentAgain_areAnsweredWhenTheyAreOnDisk() {
        CompletableFuture<AppendEntriesReplyProto> disk = new CompletableFuture<>();
        CompletableFuture<byte[]> first = append(100, disk);

        CompletableFuture<byte[]> again = append(100, CompletableFuture.completedFuture(success(100)));

        assertThat(again).isNotDone();
        flushed.set(100);
        disk.complete(success(100));
        assertThat(first).isCompleted();
        assertThat(again).isCompleted();
    }

    /** It sends nothing meanwhile, and would lose its place because its followers' disks are slow. */
    @Test
    void leaderThatWaitsForTheDisk_isHeard() {
        assertThat(inbound.heardLeader()).as("before anything came").isFalse();
        CompletableFuture<AppendEntriesReplyProto> disk = new CompletableFuture<>();
        CompletableFuture<byte[]> reply = append(100, disk);

        assertThat(inbound.heardLeader()).isTrue();
        assertThat(inbound.heardLeader()).as("no answer yet").isTrue();

        flushed.set(100);
        disk.complete(success(100));
        assertThat(reply).isCompleted();
        assertThat(inbound.heardLeader()).as("answered a moment ago").isTrue();
        assertThat(inbound.heardLeader()).isFalse();
    }

    @Test
    void leaderOfAnEarlierTerm_isNotHeard() {
        term.set(2);
        CompletableFuture<byte[]> reply = append(100, CompletableFuture.completedFuture(success(100)));

        assertThat(reply).isNotNull();
        assertThat(inbound.heardLeader()).isFalse();
    }

    @Test
    void entriesSentAgain_thatTheDiskHasNotTaken_areNoSuccess() {
        CompletableFuture<AppendEntriesReplyProto> disk = new CompletableFuture<>();
        CompletableFuture<byte[]> first = append(100, disk);
        CompletableFuture<byte[]> again = append(100, CompletableFuture.completedFuture(success(100)));

        disk.completeExceptionally(new IllegalStateException("disk"));

        assertThat(first).isCompletedExceptionally();
        assertThatThrownBy(again::join).hasMessageContaining("entry 100 is not on this peer's disk");
        CompletableFuture<byte[]> later = append(101, CompletableFuture.completedFuture(success(101)));
        assertThat(later).isCompletedExceptionally();
        flushed.set(102);
        assertThat(append(102, CompletableFuture.completedFuture(success(102)))).isCompleted();
    }
}
