package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.recipes.discovery.ServiceInstance;
import dev.coord.recipes.discovery.ServiceProvider;
import dev.coord.recipes.discovery.ServiceRegistry;
import dev.coord.recipes.fake.FakeCoord;
import dev.coord.recipes.fake.FakeWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatHealthTest {
    private static final String SERVICE = "ledger";

    private final TestNet net = new TestNet(1);
    private final Members members = new Members(net, "a", "b", "c").startAll();
    private final FakeWorld world = FakeWorld.instant();
    private final FakeCoord coord = world.join(Duration.ofSeconds(60));

    private ServiceProvider provider(HeartbeatHealth health, ServiceInstance... instances) {
        ServiceRegistry registry = ServiceRegistry.on(coord, "/services");
        for (ServiceInstance instance : instances) {
            registry.registerAsync(SERVICE, instance, Duration.ZERO);
        }
        world.settle();
        ServiceProvider provider =
                registry.provider(SERVICE).healthCheck(health).start();
        world.settleUntil(() -> provider.ready().isDone());
        return provider;
    }

    private static List<String> ids(ServiceProvider provider) {
        return provider.candidates().stream().map(ServiceInstance::id).toList();
    }

    @Test
    void providerWithHeartbeats_passesOverTheDeadWhileTheyAreStillRegistered() {
        try (ServiceProvider provider = provider(
                HeartbeatHealth.of(members.service("a")),
                ServiceInstance.of("b", "10.0.0.2:80"),
                ServiceInstance.of("c", "10.0.0.3:80"),
                ServiceInstance.of("stranger", "10.0.0.9:80"))) {
            assertThat(ids(provider)).containsExactly("stranger");
            net.advance(Duration.ofSeconds(10));
            assertThat(ids(provider)).containsExactly("b", "c", "stranger");
            members.get("b").process().kill();
            net.advance(Duration.ofSeconds(10));
            assertThat(ids(provider)).containsExactly("c", "stranger");
            assertThat(provider.instances()).hasSize(3);
            members.start("b", 2);
            net.advance(Duration.ofSeconds(3));
            assertThat(ids(provider)).containsExactly("b", "c", "stranger");
        }
    }

    @Test
    void memberByMetadata_isLookedUpSo() {
        HeartbeatHealth health = HeartbeatHealth.of(
                members.service("a"), instance -> instance.metadata().getOrDefault("member", ""));
        ServiceInstance instance = ServiceInstance.of("x", "10.0.0.2:80").withMetadata(Map.of("member", "b"));
        try (ServiceProvider provider = provider(health, instance)) {
            net.advance(Duration.ofSeconds(10));
            assertThat(ids(provider)).containsExactly("x");
            members.get("b").process().kill();
            net.advance(Duration.ofSeconds(10));
            assertThat(ids(provider)).isEmpty();
        }
    }
}
