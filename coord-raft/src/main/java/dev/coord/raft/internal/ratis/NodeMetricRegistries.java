package dev.coord.raft.internal.ratis;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/**
 * Gives what Ratis measures to the {@link RatisFigures} of the node that measures it. Ratis finds it as a service, hence public.
 *
 * <p>Ratis names a registry after cluster and peer, which do not tell apart two clusters of one name in a JVM. The thread group
 * does: all threads of a node are in one of its own, and Ratis makes its registries on them. A registry that is made elsewhere
 * measures nothing.
 */
public final class NodeMetricRegistries extends MetricRegistries {
    private static final Map<ThreadGroup, RatisFigures> NODES = new ConcurrentHashMap<>();

    /** Creates the provider; called by the service loader. */
    public NodeMetricRegistries() {}

    /** Has what is measured on threads of the group, and of those within, told to the figures. */
    static void assign(ThreadGroup group, RatisFigures figures) {
        NODES.put(group, figures);
    }

    static void release(ThreadGroup group) {
        NODES.remove(group);
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return new NodeRegistry(info, figuresOfThread());
    }

    private static @Nullable RatisFigures figuresOfThread() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group != null) {
            RatisFigures figures = NODES.get(group);
            if (figures != null) {
                return figures;
            }
            group = group.getParent();
        }
        return null;
    }

    // Ratis asks for a registry before it creates one: each node shall have its own.

    @Override
    public void clear() {}

    @Override
    public boolean remove(MetricRegistryInfo key) {
        return false;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.empty();
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.of();
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.of();
    }

    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporterRegistration, Consumer<RatisMetricRegistry> stopReporter) {}

    @Override
    public void enableJmxReporter() {}

    @Override
    public void enableConsoleReporter(TimeDuration consoleReportRate) {}

    private record NodeRegistry(
            MetricRegistryInfo info, @Nullable RatisFigures figures) implements RatisMetricRegistry {

        private String key(String name) {
            return RatisFigure.key(info.getMetricsComponentName(), name);
        }

        @Override
        public Timekeeper timer(String name) {
            return figures == null ? RatisFigures.NO_TIMER : figures.timer(key(name));
        }

        @Override
        public LongCounter counter(String name) {
            return figures == null ? RatisFigures.NO_COUNTER : figures.counter(key(name));
        }

        @Override
        public boolean remove(String name) {
            return figures != null && figures.removeGauge(key(name));
        }

        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> gaugeSupplier) {
            if (figures != null) {
                figures.gauge(key(name), gaugeSupplier.get());
            }
        }

        @Override
        public MetricRegistryInfo getMetricRegistryInfo() {
            return info;
        }
    }
}
