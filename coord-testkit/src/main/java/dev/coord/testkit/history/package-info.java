/**
 * What happened in a test, and whether it was right: {@link dev.coord.testkit.history.History} records operations, things
 * told to watches, leases and claims, and judges them.
 *
 * <pre>{@code
 * History history = History.on(cluster.ticker());
 * Coord coord = history.record(cluster.coord("n1"), "n1");
 * coord.kv().put("/greeting", "hello");
 * history.assertLinearizable();
 * }</pre>
 *
 * <p>Right means: strictly serializable (Herlihy and Wing, <i>Linearizability</i>, 1990), save for reads that asked for
 * less. The check for volume replays all writes in the order of their revisions through a model of the documented
 * semantics; an order that passes is a proof. The check for samples looks for an order without a look at revisions (Wing
 * and Gong, <i>Testing and verifying concurrent objects</i>, 1993), with a cache of what was visited (Lowe, <i>Testing for
 * linearizability</i>, 2017). Watches are held to what etcd promises of its own: ordered, unique, reliable, atomic,
 * resumable, bookmarkable. A search that runs out of its budget is a failure.
 *
 * <p>Operations whose outcome is unknown may have taken effect once, at any time since; those that surely failed, never.
 * To call an unknown outcome a failure convicts a healthy store, so {@link dev.coord.CoordException#outcome()} decides.
 *
 * <p>Files are JSON lines, read and written by some 200 lines of our own: a library would be a dependency of every user's
 * tests, and of their own version of it, for the sake of a format that needs neither mapping nor numbers with a point.
 */
@NullMarked
package dev.coord.testkit.history;

import org.jspecify.annotations.NullMarked;
