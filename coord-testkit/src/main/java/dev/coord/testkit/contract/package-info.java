/**
 * What the API promises, as JUnit suites to run against any {@link dev.coord.testkit.TestCluster}, real or simulated: extend
 * a suite and give it a cluster of three peers or more. Each suite needs no more than JUnit.
 */
@NullMarked
package dev.coord.testkit.contract;

import org.jspecify.annotations.NullMarked;
