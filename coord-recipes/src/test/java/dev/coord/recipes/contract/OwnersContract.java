package dev.coord.recipes.contract;

import dev.coord.kv.Consistency;
import dev.coord.kv.Entry;
import dev.coord.kv.KeyRange;
import dev.coord.kv.RangeQuery;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the contracts of locks with owners share: they leave nothing behind. */
abstract class OwnersContract extends RecipeContract {

    List<Entry> keys() {
        return await(coord(0).kv().rangeAsync(RangeQuery.of(KeyRange.prefix(path() + "/")), Consistency.linearizable()))
                .entries();
    }

    @AfterEach
    void nothingIsLeft() {
        cluster().faults().endAll();
        eventually("an empty store", () -> keys().isEmpty());
    }

    /** Until so many hold or wait, by what every peer knows. */
    void untilKeys(int many) {
        for (String peer : cluster().ids()) {
            eventually(
                    many + " keys at " + peer,
                    () -> cluster()
                                    .coord(peer)
                                    .kv()
                                    .range(RangeQuery.of(KeyRange.prefix(path() + "/")), Consistency.sequential())
                                    .count()
                            == many);
        }
    }
}
