package dev.coord.recipes.swim;

import static java.util.Objects.requireNonNull;

import dev.coord.kv.Value;
import dev.coord.net.Datagrams;
import dev.coord.net.Messenger;
import dev.coord.recipes.internal.Seal;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Says how one takes part in a membership. Not safe for use by several threads. */
public final class SwimMembershipBuilder {
    private static final int MAX_GROUP = 64;
    private static final int MAX_SEEDS = 64;

    /** A member with the longest name, address and metadata must fit a datagram together with the head of any message. */
    private static final int LEAST_PAYLOAD = 1_200;

    final String name;
    final Datagrams datagrams;
    SwimConfig config = SwimConfig.lan();
    List<String> seeds = List.of();
    Value metadata = Value.EMPTY;

    @Nullable
    Messenger messenger;

    @Nullable
    Seal seal;

    String group = "";
    SwimListener listener = event -> {};
    Executor executor = Runnable::run;
    RandomGenerator random = new SplittableRandom(new SecureRandom().nextLong());

    SwimMembershipBuilder(String name, Datagrams datagrams) {
        this.name = checked("name", name, 1, SwimMember.MAX_NAME_BYTES);
        this.datagrams = requireNonNull(datagrams, "datagrams");
        checked("address", datagrams.address(), 1, SwimMember.MAX_ADDRESS_BYTES);
        if (datagrams.maxPayload() < LEAST_PAYLOAD) {
            throw new IllegalArgumentException("datagrams carry " + datagrams.maxPayload() + " bytes; there must be "
                    + LEAST_PAYLOAD + " for a member to fit one");
        }
    }

    /**
     * Sets how to probe, suspect and gossip; {@link SwimConfig#lan()} if not set.
     *
     * @param setting the same at all members
     * @return this
     */
    public SwimMembershipBuilder config(SwimConfig setting) {
        config = requireNonNull(setting, "config");
        return this;
    }

    /**
     * Sets whom to ask for the others at first, and again whenever they are no members: some that rarely change. The own
     * address may be among them. Without any, one waits for the others to call.
     *
     * @param addresses at most {@value #MAX_SEEDS}
     * @return this
     * @throws IllegalArgumentException if there are more, or one is too long
     */
    public SwimMembershipBuilder seeds(List<String> addresses) {
        if (addresses.size() > MAX_SEEDS) {
            throw new IllegalArgumentException(addresses.size() + " seeds; name at most " + MAX_SEEDS);
        }
        addresses.forEach(address -> checked("seed", address, 1, SwimMember.MAX_ADDRESS_BYTES));
        seeds = List.copyOf(addresses);
        return this;
    }

    /**
     * Sets the group and its key. Only datagrams that were sealed for this group with this key are taken.
     *
     * @param groupName its name, at most {@value #MAX_GROUP} bytes of UTF-8
     * @param key the shared secret, at least 16 random bytes; copied
     * @return this
     * @throws IllegalArgumentException if one of them is out of bounds
     */
    public SwimMembershipBuilder group(String groupName, byte[] key) {
        return group(groupName, List.of(key));
    }

    /**
     * Sets the group and its keys, to change them without a pause: add the new one last everywhere, then make it the first
     * everywhere, then remove the old one.
     *
     * @param groupName its name, at most {@value #MAX_GROUP} bytes of UTF-8
     * @param keys 1 to 8 of them, each at least 16 random bytes; the first seals, all open; copied
     * @return this
     * @throws IllegalArgumentException if one of them is out of bounds
     */
    public SwimMembershipBuilder group(String groupName, List<byte[]> keys) {
        group = checked("group", groupName, 0, MAX_GROUP);
        seal = new Seal(keys);
        return this;
    }

    /**
     * Takes datagrams from anybody who can send some: only where nobody else can.
     *
     * @param groupName its name, for the record
     * @return this
     */
    public SwimMembershipBuilder unauthenticatedGroup(String groupName) {
        group = checked("group", groupName, 0, MAX_GROUP);
        seal = null;
        unauthenticated = true;
        return this;
    }

    private boolean unauthenticated;

    /**
     * Sets what others are told of this member.
     *
     * @param value at most {@link SwimMember#MAX_METADATA_BYTES}; empty if not set
     * @return this
     * @throws IllegalArgumentException if it is larger
     */
    public SwimMembershipBuilder metadata(Value value) {
        metadata = checked(value);
        return this;
    }

    /**
     * Sets a second way to members that are peers of one cluster as well: one that does not answer datagrams is asked there
     * before it is suspected, and what all know is exchanged there.
     *
     * @param requests its {@link Messenger#self()} must be the name of this member
     * @return this
     * @throws IllegalArgumentException if it is not
     */
    public SwimMembershipBuilder messenger(Messenger requests) {
        if (!requests.self().equals(name)) {
            throw new IllegalArgumentException("the member is called " + name + " and its peer " + requests.self()
                    + "; a member with a messenger must have the name of its peer");
        }
        messenger = requests;
        return this;
    }

    /**
     * Sets who is told of the others.
     *
     * @param told the listener
     * @param runs runs the calls, one at a time; must not run them on the thread that hands them over if the listener blocks
     * @return this
     */
    public SwimMembershipBuilder listener(SwimListener told, Executor runs) {
        listener = requireNonNull(told, "listener");
        executor = requireNonNull(runs, "executor");
        return this;
    }

    /**
     * Sets what chance is taken from; one seeded by the system's secure one if not set. For tests.
     *
     * @param generator used by one thread at a time
     * @return this
     */
    public SwimMembershipBuilder random(RandomGenerator generator) {
        random = requireNonNull(generator, "random");
        return this;
    }

    /**
     * Begins to take part: receives datagrams, calls the seeds, probes.
     *
     * @param ticker the clock
     * @param scheduler on that clock
     * @return the membership, which knows only itself at first
     * @throws IllegalStateException if no group was set, or something receives these datagrams already
     */
    public SwimMembership start(Ticker ticker, Scheduler scheduler) {
        if (seal == null && !unauthenticated) {
            throw new IllegalStateException(
                    "no key: set group(name, key), or unauthenticatedGroup(name) where nobody else can send datagrams");
        }
        return SwimMembership.start(this, requireNonNull(ticker, "ticker"), requireNonNull(scheduler, "scheduler"));
    }

    static Value checked(Value metadata) {
        if (metadata.size() > SwimMember.MAX_METADATA_BYTES) {
            throw new IllegalArgumentException("metadata of " + metadata.size() + " bytes; at most "
                    + SwimMember.MAX_METADATA_BYTES + " fit a datagram: store the rest elsewhere");
        }
        return metadata;
    }

    private static String checked(String what, String text, int least, int most) {
        int length = requireNonNull(text, what).getBytes(StandardCharsets.UTF_8).length;
        if (length < least || length > most) {
            throw new IllegalArgumentException(
                    what + " \"" + text + "\" has " + length + " bytes; it must have " + least + " to " + most);
        }
        return text;
    }
}
