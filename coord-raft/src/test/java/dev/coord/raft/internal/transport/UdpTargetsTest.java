package dev.coord.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UdpTargetsTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final AtomicInteger lookups = new AtomicInteger();
    private final BlockingQueue<InetSocketAddress> answers = new LinkedBlockingQueue<>();
    private final UdpTargets targets = new UdpTargets(now::get, this::lookUp);

    private InetSocketAddress lookUp(String host, int port) {
        lookups.incrementAndGet();
        try {
            return answers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return InetSocketAddress.createUnresolved(host, port);
        }
    }

    private static InetSocketAddress address(String host) {
        return new InetSocketAddress(host, 7000);
    }

    /** The lookup is on another thread; what it finds is seen when one asks again. */
    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            never.await(1, TimeUnit.MILLISECONDS);
        }
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @AfterEach
    void close() {
        targets.close();
    }

    @Test
    void literal_needsNoLookup() {
        assertThat(targets.find("10.0.0.1:7000")).isEqualTo(address("10.0.0.1"));
        assertThat(targets.find("[::1]:7000")).isEqualTo(address("::1"));
        advance(Duration.ofHours(1));
        assertThat(targets.find("10.0.0.1:7000")).isEqualTo(address("10.0.0.1"));
        assertThat(lookups).hasValue(0);
    }

    @Test
    void name_isUnknownUntilItIsLookedUpOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(targets.find("db:7000")).isNull();
        }
        answers.add(address("10.0.0.1"));
        eventually(() -> targets.find("db:7000") != null);
        assertThat(targets.find("db:7000")).isEqualTo(address("10.0.0.1"));
        assertThat(lookups).hasValue(1);
    }

    @Test
    void name_isLookedUpAgainAndKeepsItsOldMeaningUntilThen() throws Exception {
        answers.add(address("10.0.0.1"));
        eventually(() -> targets.find("db:7000") != null);
        advance(UdpTargets.FRESH.minusNanos(1));
        targets.find("db:7000");
        assertThat(lookups).hasValue(1);
        advance(Duration.ofNanos(1));
        assertThat(targets.find("db:7000")).isEqualTo(address("10.0.0.1"));
        eventually(() -> lookups.get() == 2);
        assertThat(targets.find("db:7000")).isEqualTo(address("10.0.0.1"));
        answers.add(address("10.0.0.2"));
        eventually(() -> address("10.0.0.2").equals(targets.find("db:7000")));
        assertThat(lookups).hasValue(2);
    }

    @Test
    void lookupThatFails_keepsTheOldMeaningAndIsTriedAgainSoon() throws Exception {
        answers.add(address("10.0.0.1"));
        eventually(() -> targets.find("db:7000") != null);
        advance(UdpTargets.FRESH);
        answers.add(InetSocketAddress.createUnresolved("db", 7000));
        targets.find("db:7000");
        eventually(() -> lookups.get() == 2 && answers.isEmpty());
        assertThat(targets.find("db:7000")).isEqualTo(address("10.0.0.1"));
        answers.add(address("10.0.0.3"));
        eventually(() -> {
            advance(UdpTargets.RETRY);
            return address("10.0.0.3").equals(targets.find("db:7000"));
        });
    }

    @Test
    void literalAddresses_areNotRemembered_soThatStrangersPushNoNamesOut() throws Exception {
        answers.add(address("10.0.0.1"));
        eventually(() -> targets.find("db:7000") != null);
        for (int i = 0; i < 50_000; i++) {
            assertThat(targets.find("10.0." + i / 256 + "." + i % 256 + ":7000"))
                    .isNotNull();
        }
        assertThat(targets.size()).isEqualTo(1);
        assertThat(targets.find("db:7000")).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void manyNames_areForgottenOneByOne() {
        for (int i = 0; i < UdpTargets.MAX_REMEMBERED + 100; i++) {
            targets.find("host" + i + ":7000");
            assertThat(targets.size()).isEqualTo(Math.min(i + 1, UdpTargets.MAX_REMEMBERED));
        }
    }

    @Test
    void afterClose_namesStayUnknown() {
        targets.close();
        assertThat(targets.find("db:7000")).isNull();
        assertThat(targets.find("10.0.0.1:7000")).isNotNull();
    }
}
