/**
 * Workloads of random actions on a simulated cluster under random faults, seed by seed, with the list of actions shrunk to
 * what a failure needs. A workload is a service: {@link dev.coord.testkit.workload.Workload} found by
 * {@link java.util.ServiceLoader} and chosen by its name.
 */
@NullMarked
package dev.coord.testkit.workload;

import org.jspecify.annotations.NullMarked;
