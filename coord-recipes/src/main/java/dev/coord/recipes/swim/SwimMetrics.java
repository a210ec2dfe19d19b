package dev.coord.recipes.swim;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * Binds the figures of a SWIM membership to a Micrometer registry: members by state, the local health, what was probed and
 * suspected, and what was wrong. Needs {@code micrometer-core}, which Coord does not bring along. Meters are tagged
 * {@code member}; reading one never blocks.
 */
public final class SwimMetrics implements MeterBinder {
    private static final String PREFIX = "coord.swim.";

    private final SwimMembership membership;

    /**
     * Creates the binder of a membership.
     *
     * @param membership the membership, held as long as the registry holds its meters
     */
    public SwimMetrics(SwimMembership membership) {
        this.membership = requireNonNull(membership, "membership");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags tags = Tags.of("member", membership.self().name());
        for (SwimMember.State state : SwimMember.State.values()) {
            gauge(registry, tags.and("state", state.name()), "members", "Members known", swim -> count(swim, state));
        }
        gauge(
                registry,
                tags,
                "health",
                "0 if this process is in time, more the later it is",
                SwimMembership::localHealth);
        count(registry, tags, "probes", "Members probed", SwimStats::probes);
        count(registry, tags, "probes.failed", "Probes without an answer in time", SwimStats::failedProbes);
        count(registry, tags, "suspicions", "Members suspected", SwimStats::suspicions);
        count(registry, tags, "suspicions.cleared", "Suspicions refuted: harmless mistakes", SwimStats::cleared);
        count(registry, tags, "failures", "Members taken for dead", SwimStats::failures);
        count(registry, tags, "returned", "Of these, the ones that were not", SwimStats::returned);
        count(registry, tags, "refutations", "Times this member had to say that it lives", SwimStats::refutations);
        count(registry, tags, "rejected", "Datagrams not of the group", SwimStats::rejected);
        count(registry, tags, "replayed", "Datagrams that came again", SwimStats::replayed);
        count(registry, tags, "unsendable", "Datagrams not sent, as the address cannot be read", SwimStats::unsendable);
        count(registry, tags, "name.conflicts", "Times another process claimed this name", SwimStats::nameConflicts);
        count(registry, tags, "pauses", "Times this process stood still", SwimStats::pauses);
    }

    private static double count(SwimMembership membership, SwimMember.State state) {
        return membership.members().stream()
                .filter(member -> member.state() == state)
                .count();
    }

    private void gauge(
            MeterRegistry registry, Tags tags, String name, String what, ToDoubleFunction<SwimMembership> value) {
        Gauge.builder(PREFIX + name, membership, value)
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private void count(MeterRegistry registry, Tags tags, String name, String what, ToDoubleFunction<SwimStats> value) {
        FunctionCounter.builder(PREFIX + name, membership, swim -> value.applyAsDouble(swim.stats()))
                .description(what)
                .tags(tags)
                .register(registry);
    }
}
