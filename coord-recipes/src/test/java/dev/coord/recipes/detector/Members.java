package dev.coord.recipes.detector;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Members with a heartbeat service each on a {@link TestNet}, and what their listeners were told. */
final class Members {
    static final byte[] KEY = "a key that all members share".getBytes(UTF_8);

    final TestNet net;
    final Map<String, String> addresses = new HashMap<>();
    private final Map<String, Member> running = new HashMap<>();
    private UnaryOperator<HeartbeatServiceBuilder> settings = builder -> builder;

    Members(TestNet net, String... ids) {
        this.net = net;
        for (String id : ids) {
            addresses.put(id, "at-" + id);
        }
    }

    /** Sets what all members that start from now on have in common. */
    Members with(UnaryOperator<HeartbeatServiceBuilder> common) {
        settings = common;
        return this;
    }

    record Member(TestNet.Process process, HeartbeatService service, List<String> told) {}

    Members startAll() {
        addresses.keySet().stream().sorted().forEach(id -> start(id, 1));
        return this;
    }

    /** Starts a member; one that runs under this id is killed. */
    Member start(String id, long incarnation) {
        return start(id, incarnation, builder -> builder);
    }

    Member start(String id, long incarnation, UnaryOperator<HeartbeatServiceBuilder> own) {
        Member before = running.get(id);
        if (before != null) {
            before.process.kill();
        }
        TestNet.Process process = net.process("at-" + id);
        List<String> told = new ArrayList<>();
        HeartbeatServiceBuilder builder = HeartbeatService.builder()
                .self(id, incarnation)
                .cluster("test", List.of(KEY))
                .datagrams(process)
                .time(process.ticker(), process.scheduler())
                .members(addresses)
                .listener(new Recorder(told), Runnable::run);
        HeartbeatService service = own.apply(settings.apply(builder)).start();
        Member member = new Member(process, service, told);
        running.put(id, member);
        return member;
    }

    Member get(String id) {
        return running.get(id);
    }

    HeartbeatService service(String id) {
        return get(id).service;
    }

    List<String> told(String id) {
        return get(id).told;
    }

    record Recorder(List<String> told) implements HeartbeatListener {
        @Override
        public void suspected(String id, long incarnation) {
            told.add("suspected " + id + "#" + incarnation);
        }

        @Override
        public void trusted(String id, long incarnation) {
            told.add("trusted " + id + "#" + incarnation);
        }

        @Override
        public void paused(Duration length) {
            told.add("paused " + length.toSeconds());
        }
    }
}
