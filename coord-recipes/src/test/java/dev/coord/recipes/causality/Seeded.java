package dev.coord.recipes.causality;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;

/** Laws over what a seed makes: cheap, so that there can be many cases; what they make is small, so it need not be shrunk. */
abstract class Seeded {

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.randomValue(Random::nextLong);
    }
}
