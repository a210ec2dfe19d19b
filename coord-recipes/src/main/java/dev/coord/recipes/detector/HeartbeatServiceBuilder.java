package dev.coord.recipes.detector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.coord.net.Datagrams;
import dev.coord.recipes.internal.Seal;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link HeartbeatService}. Id, incarnation, cluster, keys, datagrams and time must be set. Not safe for use by
 * several threads.
 */
public final class HeartbeatServiceBuilder {
    static final Duration MIN_INTERVAL = Duration.ofMillis(4);

    @Nullable
    String id;

    long incarnation;

    @Nullable
    String cluster;

    @Nullable
    Seal seal;

    @Nullable
    Datagrams datagrams;

    @Nullable
    Ticker ticker;

    @Nullable
    Scheduler scheduler;

    @Nullable
    HeartbeatListener listener;

    @Nullable
    Executor executor;

    private @Nullable DetectorConfig detector;

    Duration interval = Duration.ofSeconds(1);
    Topology topology = Topology.full();
    Map<String, String> members = Map.of();

    HeartbeatServiceBuilder() {}

    /**
     * Sets who this is.
     *
     * @param self the own id, 1 to 64 bytes of UTF-8, unlike that of every other member
     * @param life which life of this member it is, more than 0: greater than at each start before, or the others take it for a
     *     copy of old. A counter on disk, a fencing token, or the milliseconds of a wall clock that is not set back
     * @return this
     */
    public HeartbeatServiceBuilder self(String self, long life) {
        String checked = checkedId("id", self);
        if (life <= 0) {
            throw new IllegalArgumentException("incarnation must be more than 0, but is " + life);
        }
        id = checked;
        incarnation = life;
        return this;
    }

    /**
     * Sets the cluster and its keys. Whoever has one of them can speak for each member.
     *
     * @param name the name of the cluster, 1 to 64 bytes of UTF-8: heartbeats of another are refused even if the key is the same
     * @param keys 1 to 8 shared keys of at least 16 random bytes, copied. The first signs, each is accepted: to change a key
     *     without a gap, start all members anew with the new one added last, then with it first, then without the old one
     * @return this
     * @throws IllegalArgumentException if there are none or too many, or one is too short
     */
    public HeartbeatServiceBuilder cluster(String name, List<byte[]> keys) {
        cluster = checkedId("cluster", name);
        seal = new Seal(keys);
        return this;
    }

    /**
     * Sets what carries the heartbeats.
     *
     * @param carrier used by this service alone, which closes it
     * @return this
     */
    public HeartbeatServiceBuilder datagrams(Datagrams carrier) {
        datagrams = requireNonNull(carrier, "carrier");
        return this;
    }

    /**
     * Sets the time.
     *
     * @param clock a monotonic clock
     * @param timers runs what is due on that clock
     * @return this
     */
    public HeartbeatServiceBuilder time(Ticker clock, Scheduler timers) {
        ticker = requireNonNull(clock, "clock");
        scheduler = requireNonNull(timers, "timers");
        return this;
    }

    /**
     * Sets how often to send: the same at all members.
     *
     * @param every at least 4 ms, at most a day; 1 s if not set
     * @return this
     */
    public HeartbeatServiceBuilder interval(Duration every) {
        ConfigChecks.positive("interval", every);
        if (every.compareTo(MIN_INTERVAL) < 0) {
            throw new IllegalArgumentException("interval must be at least " + MIN_INTERVAL + ", but is " + every);
        }
        interval = every;
        return this;
    }

    /**
     * Sets how neighbours are judged.
     *
     * @param config {@link DetectorConfig#phi()} with the interval as the first estimate, if not set
     * @return this
     */
    public HeartbeatServiceBuilder detector(DetectorConfig config) {
        detector = requireNonNull(config, "config");
        return this;
    }

    /**
     * Sets who exchanges heartbeats with whom: the same at all members.
     *
     * @param relation {@link Topology#full()} if not set
     * @return this
     */
    public HeartbeatServiceBuilder topology(Topology relation) {
        topology = requireNonNull(relation, "relation");
        return this;
    }

    /**
     * Sets the members at the start, as {@link HeartbeatService#members} changes them.
     *
     * @param addresses the address of each member by its id; this one may be among them
     * @return this
     */
    public HeartbeatServiceBuilder members(Map<String, String> addresses) {
        members = checkedMembers(addresses);
        return this;
    }

    /**
     * Sets who is told of changes.
     *
     * @param told the listener
     * @param runs runs its calls; if it is shut down, they run on the thread that noticed the change
     * @return this
     */
    public HeartbeatServiceBuilder listener(HeartbeatListener told, Executor runs) {
        listener = requireNonNull(told, "told");
        executor = requireNonNull(runs, "runs");
        return this;
    }

    /**
     * Starts the service.
     *
     * @return the service; close it when done
     * @throws IllegalStateException if something that must be set is not, or the datagrams are received by somebody else
     */
    public HeartbeatService start() {
        HeartbeatService service = new HeartbeatService(this);
        service.begin();
        return service;
    }

    DetectorConfig detector() {
        return detector == null ? DetectorConfig.phi().withFirstInterval(interval) : detector;
    }

    static Map<String, String> checkedMembers(Map<String, String> addresses) {
        if (addresses.size() > HeartbeatService.MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    "there may be " + HeartbeatService.MAX_MEMBERS + " members, but there are " + addresses.size());
        }
        addresses.keySet().forEach(member -> checkedId("member id", member));
        return Map.copyOf(addresses);
    }

    private static String checkedId(String what, String text) {
        int length = text.getBytes(UTF_8).length;
        if (length < 1 || length > Envelope.MAX_ID) {
            throw new IllegalArgumentException(
                    what + " must be 1 to " + Envelope.MAX_ID + " bytes of UTF-8, but '" + text + "' is " + length);
        }
        return text;
    }

    static <T> T given(@Nullable T value, String method) {
        if (value == null) {
            throw new IllegalStateException("call " + method + " before start()");
        }
        return value;
    }
}
