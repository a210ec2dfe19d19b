/**
 * A local copy of a range of keys that follows the store: {@link dev.coord.recipes.mirror.KeyMirror}.
 *
 * <pre>{@code
 * try (KeyMirror<String> rates = KeyMirror.of(coord, KeyRange.prefix("/rates/"), Codec.text())
 *         .listener((state, changes) -> changes.forEach(pricing::apply))
 *         .start()
 *         .awaitReady()) {
 *     String euro = rates.get("/rates/EUR").orElse("1.0");             // local memory
 *     long written = coord.kv().put("/rates/EUR", "1.1");
 *     MirrorSnapshot<String> all = rates.awaitRevision(written);       // sees the write, and is of one revision
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.mirror;

import org.jspecify.annotations.NullMarked;
