package dev.coord.recipes.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coord.CoordException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Remembers what it is told of a mirror, and notes at once what does not fit what it was told before. */
public final class ToldMirror implements MirrorListener<String> {
    /** Each state it was told. */
    public final List<MirrorSnapshot<String>> states = new CopyOnWriteArrayList<>();

    /** Each call in short. */
    public final List<String> calls = new CopyOnWriteArrayList<>();

    public final List<ResyncCause> resyncs = new CopyOnWriteArrayList<>();
    public final List<Undecodable> undecodables = new CopyOnWriteArrayList<>();
    public final List<CoordException> ends = new CopyOnWriteArrayList<>();
    private final AtomicReference<AssertionError> wrong = new AtomicReference<>();

    @Override
    public void onState(MirrorSnapshot<String> state) {
        checked(() -> assertThat(states).as("told before the first state").isEmpty());
        calls.add("state " + texts(state));
        states.add(state);
    }

    @Override
    public void onChange(MirrorSnapshot<String> state, List<MirrorChange<String>> changes) {
        checked(() -> assertFollows(state, changes));
        calls.add(changes.stream().map(ToldMirror::text).collect(Collectors.joining(", ")));
        states.add(state);
    }

    @Override
    public void onResync(MirrorSnapshot<String> before, MirrorSnapshot<String> now, ResyncCause cause) {
        checked(() -> {
            assertThat(before.values()).isEqualTo(last().values());
            assertThat(now.revision()).isGreaterThan(last().revision());
            assertThat(applied(before, now.changesSince(before))).isEqualTo(now.entries());
        });
        calls.add("resync " + texts(now));
        resyncs.add(cause);
        states.add(now);
    }

    @Override
    public void onUndecodable(Undecodable undecodable) {
        calls.add("undecodable " + name(undecodable.entry().key()));
        undecodables.add(undecodable);
    }

    @Override
    public void onEnd(CoordException cause) {
        checked(() -> assertThat(ends).isEmpty());
        ends.add(cause);
    }

    private void assertFollows(MirrorSnapshot<String> state, List<MirrorChange<String>> changes) {
        assertThat(states).as("no state before changes").isNotEmpty();
        assertThat(state.revision()).as("revisions grow").isGreaterThan(last().revision());
        assertThat(changes).isNotEmpty();
        for (MirrorChange<String> change : changes) {
            assertThat(change.before()).isEqualTo(last().entries().get(change.key()));
            MirrorEntry<String> after = change.after();
            if (after != null) {
                assertThat(after.entry().modRevision()).isEqualTo(state.revision());
            }
        }
        assertThat(applied(last(), changes)).isEqualTo(state.entries());
    }

    private static Map<String, MirrorEntry<String>> applied(
            MirrorSnapshot<String> state, List<MirrorChange<String>> changes) {
        Map<String, MirrorEntry<String>> map = new TreeMap<>(state.entries());
        for (MirrorChange<String> change : changes) {
            MirrorEntry<String> after = change.after();
            if (after == null) {
                map.remove(change.key());
            } else {
                map.put(change.key(), after);
            }
        }
        return map;
    }

    private void checked(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            wrong.compareAndSet(null, e);
        }
    }

    /** Fails if anything was told that does not fit. */
    public void check() {
        AssertionError first = wrong.get();
        if (first != null) {
            throw first;
        }
    }

    public MirrorSnapshot<String> last() {
        return states.get(states.size() - 1);
    }

    public boolean hasHeard(long revision) {
        return !states.isEmpty() && last().revision() >= revision;
    }

    private static String texts(MirrorSnapshot<String> state) {
        return state.values().entrySet().stream()
                .map(pair -> name(pair.getKey()) + "=" + pair.getValue())
                .toList()
                .toString();
    }

    private static String text(MirrorChange<String> change) {
        return name(change.key()) + ": " + change.previous().orElse("-") + " > "
                + change.value().orElse("-");
    }

    private static String name(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }
}
