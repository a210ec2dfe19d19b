package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.Coord;
import dev.coord.FencedException;
import dev.coord.kv.Consistency;
import dev.coord.kv.KeyRange;
import dev.coord.kv.Op;
import dev.coord.kv.RangeQuery;
import dev.coord.kv.Value;
import dev.coord.recipes.discovery.DownPolicy;
import dev.coord.recipes.discovery.PickStrategy;
import dev.coord.recipes.discovery.Registration;
import dev.coord.recipes.discovery.ServiceInstance;
import dev.coord.recipes.discovery.ServiceProvider;
import dev.coord.recipes.discovery.ServiceProviderBuilder;
import dev.coord.recipes.discovery.ServiceRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of a {@link ServiceRegistry}. */
abstract class DiscoveryContract extends RecipeContract {
    private static final String SERVICE = "ledger";
    private static final ServiceInstance A = ServiceInstance.of("a", "10.0.0.1:80");
    private static final ServiceInstance B = ServiceInstance.of("b", "10.0.0.2:80");
    private static final ServiceInstance C = ServiceInstance.of("c", "10.0.0.3:80");

    @AfterEach
    void registryIsEmptyAgain() {
        cluster().faults().endAll();
        RangeQuery all = RangeQuery.of(KeyRange.prefix(path() + "/"));
        eventually(
                "no key is left",
                () -> await(coord(0).kv().rangeAsync(all, Consistency.linearizable()))
                                .count()
                        == 0);
    }

    private ServiceRegistry registry(Coord coord) {
        return ServiceRegistry.on(coord, path());
    }

    private Registration register(Coord coord, ServiceInstance instance) {
        return await(registry(coord).registerAsync(SERVICE, instance, Duration.ZERO))
                .orElseThrow();
    }

    private ServiceProviderBuilder provider(Coord coord) {
        return registry(coord).provider(SERVICE);
    }

    private void awaitSeen(ServiceProvider provider, Registration... registrations) {
        for (Registration registration : registrations) {
            await(provider.awaitRevisionAsync(registration.fencingToken(), LIMIT));
        }
    }

    private static Set<String> picked(ServiceProvider provider, int times) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < times; i++) {
            provider.pick("request-" + i).ifPresent(instance -> ids.add(instance.id()));
        }
        return ids;
    }

    @Test
    void instances_areFoundWhileTheyAreRegistered_withAllTheySayOfThemselves() throws Exception {
        ServiceInstance full = A.withWeight(2.5).withMetadata(Map.of("zone", "eu", "version", "7"));
        try (ServiceProvider provider = provider(coord(2)).start().awaitReady()) {
            assertThat(provider.pick()).isEmpty();
            Registration one = registry(coord(0)).register(SERVICE, full).orElseThrow();
            Registration two = register(coord(1), B);
            assertHeld(one);
            awaitSeen(provider, one, two);
            assertThat(provider.instances()).containsExactly(full, B);
            assertThat(registry(coord(1)).instances(SERVICE)).containsExactly(full, B);
            assertThat(List.of(provider.pick(), provider.pick(), provider.pick()))
                    .containsExactly(Optional.of(full), Optional.of(B), Optional.of(full));
            one.close();
            assertLost(one);
            eventually("one is gone", () -> provider.instances().equals(List.of(B)));
            two.close();
            eventually("nobody is left", () -> provider.pick().isEmpty());
            assertThat(registry(coord(1)).instances(SERVICE)).isEmpty();
        }
    }

    @Test
    void services_areKeptApart() throws Exception {
        Registration ledger = register(coord(0), A);
        Registration nested = await(registry(coord(0)).registerAsync(SERVICE + "/audit", B, Duration.ZERO))
                .orElseThrow();
        assertThat(registry(coord(1)).instances(SERVICE)).containsExactly(A);
        assertThat(registry(coord(1)).instances(SERVICE + "/audit")).containsExactly(B);
        ledger.close();
        nested.close();
    }

    @Test
    void idThatIsTaken_isEmpty_andFreeWhenItsSessionHasEnded() throws Exception {
        String crashing = leader();
        List<String> others = othersThan(crashing);
        Registration one = register(cluster().open(crashing, TTL), A);
        Coord other = cluster().coord(others.get(0));
        assertThat(registry(other).register(SERVICE, A)).isEmpty();
        ServiceProvider provider =
                provider(cluster().coord(others.get(1))).start().awaitReady();
        awaitSeen(provider, one);
        assertThat(provider.pick()).contains(A);
        cluster().faults().crash(crashing);
        ServiceInstance restarted = ServiceInstance.of("a", "10.0.0.9:80");
        Registration again =
                await(registry(other).registerAsync(SERVICE, restarted, LIMIT)).orElseThrow();
        assertThat(one.isValid()).isFalse();
        awaitSeen(provider, again);
        assertThat(provider.pick()).contains(restarted);
        provider.close();
        again.close();
    }

    @Test
    void update_changesWhatIsPicked_andWeightZeroDrains() throws Exception {
        Registration one = register(coord(0), A);
        Registration two = register(coord(1), B);
        try (ServiceProvider provider = provider(coord(2)).start().awaitReady()) {
            awaitSeen(provider, one, two);
            assertThat(picked(provider, 10)).containsExactlyInAnyOrder("a", "b");
            one.update(A.withWeight(0));
            assertThat(one.instance().weight()).isZero();
            eventually("it drains", () -> picked(provider, 10).equals(Set.of("b")));
            assertThat(provider.instances()).hasSize(2);
            assertThat(provider.candidates()).containsExactly(B);
            assertThatThrownBy(() -> one.updateAsync(B)).isInstanceOf(IllegalArgumentException.class);
            two.close();
            eventually("nobody may be picked", () -> provider.pick().isEmpty());
            one.close();
            assertThat(failure(one.updateAsync(A))).isInstanceOf(FencedException.class);
        }
    }

    @Test
    void unhealthyInstance_isPassedOver_whileTheCheckSaysSo() throws Exception {
        Set<String> sick = ConcurrentHashMap.newKeySet();
        Registration one = register(coord(0), A);
        Registration two = register(coord(0), B);
        try (ServiceProvider provider = provider(coord(1))
                .healthCheck(instance -> !sick.contains(instance.id()))
                .start()
                .awaitReady()) {
            awaitSeen(provider, two);
            sick.add("a");
            assertThat(picked(provider, 10)).containsExactly("b");
            sick.add("b");
            assertThat(provider.pick()).isEmpty();
            sick.clear();
            assertThat(picked(provider, 10)).hasSize(2);
        }
        one.close();
        two.close();
    }

    @Test
    void instanceReportedTooOften_isPassedOver_untilTheBackOffEnds_orItRegistersAnew() throws Exception {
        Registration one = register(coord(0), A);
        Registration two = register(coord(0), B);
        Duration backOff = Duration.ofSeconds(2);
        try (ServiceProvider provider = provider(coord(1))
                        .downPolicy(new DownPolicy(2, Duration.ofMinutes(1), backOff))
                        .start()
                        .awaitReady();
                ServiceProvider other = provider(coord(1)).start().awaitReady()) {
            awaitSeen(provider, two);
            awaitSeen(other, two);
            assertThat(provider.reportFailure(A)).isFalse();
            assertThat(picked(provider, 10)).hasSize(2);
            assertThat(provider.reportFailure(A)).isTrue();
            assertThat(picked(provider, 10)).containsExactly("b");
            assertThat(picked(other, 10))
                    .as("what others report does not matter")
                    .hasSize(2);
            assertThat(provider.reportFailure(C)).as("of an unknown one").isFalse();
            cluster().advance(backOff.plusMillis(100));
            assertThat(picked(provider, 10)).hasSize(2);

            provider.reportFailure(A);
            assertThat(provider.reportFailure(A)).isTrue();
            await(one.closeAsync());
            Registration again = register(coord(0), A);
            awaitSeen(provider, again);
            assertThat(picked(provider, 10)).hasSize(2);
            again.close();
        }
        two.close();
    }

    @Test
    void rendezvous_picksTheSameEverywhere_andOnlyWhatWasGonePicksAnew() throws Exception {
        List<Registration> all = List.of(register(coord(0), A), register(coord(1), B), register(coord(2), C));
        try (ServiceProvider here = provider(coord(0))
                        .strategy(PickStrategy.rendezvous())
                        .start()
                        .awaitReady();
                ServiceProvider there = provider(coord(1))
                        .strategy(PickStrategy.rendezvous())
                        .start()
                        .awaitReady()) {
            awaitSeen(here, all.get(2));
            awaitSeen(there, all.get(2));
            Map<String, ServiceInstance> before = new ConcurrentHashMap<>();
            for (int i = 0; i < 100; i++) {
                before.put("" + i, here.pick("" + i).orElseThrow());
                assertThat(there.pick("" + i)).contains(before.get("" + i));
            }
            assertThat(before.values()).contains(A, B, C);
            assertThatThrownBy(here::pick).isInstanceOf(IllegalArgumentException.class);
            await(all.get(1).closeAsync());
            eventually("b is gone", () -> here.instances().size() == 2);
            before.forEach((key, owner) -> {
                if (!owner.equals(B)) {
                    assertThat(here.pick(key)).contains(owner);
                }
            });
        }
        all.forEach(Registration::close);
    }

    @Test
    void providerThatIsCutOff_goesOnWithWhatItKnows_andCatchesUp() throws Exception {
        String away = leader();
        Coord other = cluster().coord(othersThan(away).get(0));
        Registration one = register(other, A);
        try (ServiceProvider provider = provider(cluster().coord(away)).start().awaitReady()) {
            awaitSeen(provider, one);
            cluster().faults().isolate(away);
            Registration two = register(other, B);
            await(one.closeAsync());
            assertThat(provider.pick()).contains(A);
            cluster().faults().heal();
            eventually("only b is there", () -> provider.instances().equals(List.of(B)));
            two.close();
        }
    }

    @Test
    void providerOfAHandleThatCloses_goesOnWithWhatItKnows() throws Exception {
        Registration one = register(coord(0), A);
        Coord own = cluster().open("n2", Duration.ofMinutes(1));
        ServiceProvider provider = provider(own).start().awaitReady();
        awaitSeen(provider, one);
        own.close();
        aMoment();
        assertThat(provider.pick()).contains(A);
        provider.close();
        provider.close();
        one.close();
    }

    @Test
    void keyThatIsNoInstance_isLeftOut_andMisuseIsRefused() throws Exception {
        String stranger = path() + "/" + SERVICE + "/@stranger";
        await(coord(0).kv().putAsync(stranger, Value.of("something else altogether")));
        Registration one = register(coord(0), A);
        assertThat(registry(coord(1)).instances(SERVICE)).containsExactly(A);
        one.close();
        await(coord(0).kv().txn().then(Op.delete(stranger)).commitAsync());

        ServiceRegistry registry = registry(coord(0));
        for (String service : List.of("", "x/", "@x")) {
            assertThatThrownBy(() -> registry.provider(service)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> registry.registerAsync(SERVICE, null, Duration.ZERO))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("instance");
        ServiceInstance longId = ServiceInstance.of("i".repeat(5000), "x");
        assertThatThrownBy(() -> registry.registerAsync(SERVICE, longId, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
