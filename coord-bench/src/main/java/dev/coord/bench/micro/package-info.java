/**
 * What Coord's parts cost within one JVM, measured by JMH: time and allocation of each operation.
 * {@link dev.coord.bench.micro.MicroBench} is where to begin.
 */
@org.jspecify.annotations.NullMarked
package dev.coord.bench.micro;
