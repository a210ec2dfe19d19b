package dev.coord.recipes.stamp;

import dev.coord.kv.Entry;
import dev.coord.recipes.causality.Causality;
import dev.coord.recipes.causality.DottedVersionVector;
import java.util.Optional;

/**
 * An entry, and what is known of the past of the write that made it.
 *
 * @param entry the entry
 * @param stamp which write of which writer it is, and what that had read and written before; empty if it was written without a
 *     stamp
 */
public record StampedEntry(Entry entry, Optional<DottedVersionVector> stamp) {

    /**
     * Tells how the write of this entry stands to that of another, whatever their keys and revisions.
     *
     * @param other an entry read through {@link CausalStamps} of the same prefix
     * @return BEFORE if the other's writer had read this or what came of it, or had written it; AFTER the other way round; EQUAL if
     *     one transaction wrote both; CONCURRENT if neither writer knew of the other's write
     * @throws IllegalArgumentException if one has no stamp: then nothing is known
     */
    public Causality compare(StampedEntry other) {
        return known().compare(other.known());
    }

    private DottedVersionVector known() {
        return stamp.orElseThrow(() -> new IllegalArgumentException("the entry " + entry.key() + " of revision "
                + entry.modRevision() + " was written without a stamp: what its writer knew is not known"));
    }
}
