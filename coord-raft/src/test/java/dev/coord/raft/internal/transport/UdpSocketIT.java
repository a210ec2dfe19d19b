package dev.coord.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.time.Ticker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UdpSocketIT {
    private static final PeerAddress LOOPBACK = new PeerAddress("127.0.0.1", 0);

    @Test
    void receiverThatThrows_isLogged() throws Exception {
        try (LogCapture log = LogCapture.open();
                UdpSocket one = UdpSocket.open(LOOPBACK, new UdpTargets(Ticker.system()));
                UdpSocket two = UdpSocket.open(LOOPBACK, new UdpTargets(Ticker.system()))) {
            CountDownLatch second = new CountDownLatch(2);
            two.receive((from, payload) -> {
                second.countDown();
                throw new IllegalStateException("a bug of the receiver");
            });
            do {
                one.send(two.address(), new byte[1]);
            } while (!second.await(50, TimeUnit.MILLISECONDS));
            // The second call comes after the first was logged, on the same thread.
            assertThat(log.warnings()).contains("the receiver of datagrams on 127.0.0.1:0 failed");
        }
    }
}
