package dev.coord.recipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coord.FencedException;
import dev.coord.LimitExceededException;
import dev.coord.kv.Guard;
import dev.coord.kv.Op;
import dev.coord.kv.Txn;
import dev.coord.kv.Value;
import dev.coord.recipes.causality.Causality;
import dev.coord.recipes.causality.VersionVector;
import dev.coord.recipes.stamp.CausalStamps;
import dev.coord.recipes.stamp.StampedEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a user sees of causal stamps. */
abstract class CausalStampsContract extends RecipeContract {

    private CausalStamps writer(int peer, String name) throws InterruptedException {
        return CausalStamps.open(coord(peer), path() + "/stamps", name);
    }

    private String key(String name) {
        return path() + "/" + name;
    }

    private static StampedEntry read(CausalStamps stamps, String key) throws InterruptedException {
        return stamps.get(key).orElseThrow();
    }

    @Test
    void writesOfTwoKeys_areOrderedIfOneWriterHadReadTheOther_elseConcurrent() throws Exception {
        CausalStamps a = writer(0, "a");
        CausalStamps b = writer(1, "b");
        CausalStamps observer = writer(2, "observer");
        assertThat(a.put(key("x"), Value.of("first"))).isPositive();
        b.put(key("y"), Value.of("knows nothing"));
        StampedEntry x = read(observer, key("x"));
        StampedEntry y = read(observer, key("y"));
        assertThat(x.entry().modRevision()).isLessThan(y.entry().modRevision());
        assertThat(x.compare(y)).isEqualTo(Causality.CONCURRENT);

        read(b, key("x"));
        b.put(key("z"), Value.of("knows x"));
        StampedEntry z = read(observer, key("z"));
        assertThat(x.compare(z)).isEqualTo(Causality.BEFORE);
        assertThat(z.compare(x)).isEqualTo(Causality.AFTER);
        assertThat(y.compare(z)).as("of one writer").isEqualTo(Causality.BEFORE);
        assertThat(observer.get(key("nothing"))).isEmpty();
    }

    @Test
    void transaction_stampsAllItsValuesAlike_ifItsGuardsHold() throws Exception {
        CausalStamps a = writer(0, "a");
        long first = a.put(key("x"), Value.of("1"));
        Map<String, Value> values = Map.of(key("x"), Value.of("2"), key("y"), Value.of("2"));
        OptionalLong missed = await(a.putAllAsync(values, Guard.modRevisionIs(key("x"), first + 100)));
        assertThat(missed).isEmpty();
        assertThat(read(a, key("x")).entry().text()).isEqualTo("1");
        OptionalLong written = await(a.putAllAsync(values, Guard.modRevisionIs(key("x"), first)));
        StampedEntry x = read(a, key("x"));
        assertThat(written).hasValue(x.entry().modRevision());
        assertThat(x.compare(read(a, key("y")))).isEqualTo(Causality.EQUAL);
    }

    /** Else the next process of the writer gives the number of what was never written to something of its own. */
    @Test
    void writeThatFailed_isNotExported() throws Exception {
        CausalStamps former = writer(0, "a");
        long first = former.put(key("x"), Value.of("1"));
        Map<String, Value> values = Map.of(key("x"), Value.of("2"));
        assertThat(await(former.putAllAsync(values, Guard.modRevisionIs(key("x"), first + 100))))
                .isEmpty();
        VersionVector exported = former.context();
        assertThat(exported.get("a")).isEqualTo(1);
        CausalStamps b = writer(1, "b");
        b.learn(exported);
        b.put(key("y"), Value.of("knows the first"));
        CausalStamps next = writer(2, "a");
        next.put(key("x"), Value.of("of the next"));
        assertThat(read(b, key("x")).compare(read(b, key("y")))).isEqualTo(Causality.CONCURRENT);
    }

    @Test
    void writesAfterOneThatFailed_areAfterAllBefore_andExported() throws Exception {
        CausalStamps a = writer(0, "a");
        long first = a.put(key("x"), Value.of("1"));
        await(a.putAllAsync(Map.of(key("x"), Value.of("2")), Guard.modRevisionIs(key("x"), first + 100)));
        CompletableFuture<Long> one = a.putAsync(key("y"), Value.of("3"));
        CompletableFuture<Long> other = a.putAsync(key("z"), Value.of("4"));
        await(one);
        await(other);
        assertThat(a.context().get("a")).isEqualTo(4);
        assertThat(read(a, key("x")).compare(read(a, key("y")))).isEqualTo(Causality.BEFORE);
        assertThat(read(a, key("y")).compare(read(a, key("z")))).isEqualTo(Causality.BEFORE);
    }

    @Test
    void stampKeys_areDifferentForDifferentKeys_andNoneIsAWritersOwn() throws Exception {
        CausalStamps a = writer(0, "a");
        String stamps = path() + "/stamps";
        assertThat(a.stampKey("/x")).isEqualTo(stamps + "/x");
        assertThat(a.stampKey("x")).isNotEqualTo(a.stampKey("/x")).isNotEqualTo(a.stampKey("/~keys/x"));
        for (String own : List.of("/~owners/a", "/~writers/a")) {
            assertThat(coord(0).kv().get(stamps + "/~owners/a")).isPresent();
            assertThat(a.stampKey(own)).isNotEqualTo(stamps + own).startsWith(stamps + "/");
        }
    }

    @Test
    void stampWrittenApartFromItsValue_isNone_andStopsNobody() throws Exception {
        CausalStamps a = writer(0, "a");
        a.put(key("x"), Value.of("stamped"));
        coord(1).kv().put(a.stampKey(key("x")), "junk");
        StampedEntry x = read(a, key("x"));
        assertThat(x.entry().text()).isEqualTo("stamped");
        assertThat(x.stamp()).isEmpty();
        for (String prefix : List.of("", "stamps", "/stamps/", "/a//b")) {
            assertThatThrownBy(() -> CausalStamps.open(coord(0), prefix, "b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + prefix + "'");
        }
    }

    @Test
    void plainReadersAndWriters_needKnowNothing_andWhatTheyWriteHasNoStamp() throws Exception {
        CausalStamps a = writer(0, "a");
        a.put(key("x"), Value.of("stamped"));
        StampedEntry stamped = read(a, key("x"));
        assertThat(coord(1).kv().get(key("x")).orElseThrow().text()).isEqualTo("stamped");
        assertThat(coord(1).kv().compareAndSet(key("x"), stamped.entry().modRevision(), Value.of("plain")))
                .isTrue();
        StampedEntry plain = read(a, key("x"));
        assertThat(plain.entry().text()).isEqualTo("plain");
        assertThat(plain.stamp()).isEmpty();
        assertThatThrownBy(() -> stamped.compare(plain))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key("x"))
                .hasMessageContaining("without a stamp");
        a.put(key("x"), Value.of("again"));
        assertThat(stamped.compare(read(a, key("x")))).isEqualTo(Causality.BEFORE);
        coord(1).kv()
                .txn()
                .then(Op.delete(key("x")), Op.delete(a.stampKey(key("x"))))
                .commit();
        assertThat(a.get(key("x"))).isEmpty();
    }

    @Test
    void writerThatIsOpenedAnew_goesOnAfterItsLastWrite_andFencesTheFormerProcess() throws Exception {
        CausalStamps former = writer(0, "a");
        CausalStamps b = writer(1, "b");
        b.put(key("y"), Value.of("read before the last write"));
        read(former, key("y"));
        former.put(key("x"), Value.of("last"));
        CausalStamps now = writer(2, "a");
        assertThat(failure(former.putAsync(key("x"), Value.of("late"))))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("the writer a of " + path() + "/stamps was opened by another process, session ");
        now.put(key("z"), Value.of("goes on"));
        StampedEntry z = read(now, key("z"));
        assertThat(read(now, key("x")).entry().text()).isEqualTo("last");
        assertThat(read(now, key("x")).compare(z)).isEqualTo(Causality.BEFORE);
        assertThat(read(now, key("y")).compare(z)).isEqualTo(Causality.BEFORE);
    }

    @Test
    void messageThatCarriesTheContext_ordersWhatComesAfter() throws Exception {
        CausalStamps a = writer(0, "a");
        CausalStamps b = writer(1, "b");
        a.put(key("x"), Value.of("told of, not read"));
        b.learn(a.context());
        b.put(key("y"), Value.of("after"));
        assertThat(read(a, key("x")).compare(read(a, key("y")))).isEqualTo(Causality.BEFORE);
    }

    @Test
    void writesInFlight_areStampedInTheirOrder() throws Exception {
        CausalStamps a = writer(0, "a");
        for (int i = 0; i < 20; i++) {
            assertThat(a.putAsync(key("x" + i), Value.of("v"))).isNotNull();
        }
        await(a.putAsync(key("end"), Value.of("v")));
        StampedEntry before = read(a, key("x0"));
        for (int i = 1; i < 20; i++) {
            StampedEntry next = read(a, key("x" + i));
            assertThat(before.compare(next)).isEqualTo(Causality.BEFORE);
            before = next;
        }
        assertThat(writer(1, "a").context().get("a")).isEqualTo(21);
    }

    @Test
    void bounds_areTypedErrors() throws Exception {
        assertThatThrownBy(() -> CausalStamps.openAsync(coord(0), path(), "no name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no name");
        Txn others = coord(0).kv().txn();
        for (int i = 0; i < CausalStamps.MAX_WRITERS; i++) {
            others.then(Op.put(path() + "/stamps/~owners/w" + i, "session 1"));
        }
        others.commit();
        assertThatThrownBy(() -> writer(0, "one-more"))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("64 writers of " + path() + "/stamps already");
        CausalStamps one = writer(0, "w7");
        Map<String, Value> many = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            many.put(key("k" + i), Value.EMPTY);
        }
        assertThat(failure(one.putAllAsync(many))).isInstanceOf(IllegalArgumentException.class);
        assertThat(one.context().get("w7")).as("nothing was stamped").isZero();
    }
}
