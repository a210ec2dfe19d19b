/** Faults of the operating system: of disks, files, networks between processes, and clocks. Linux, mostly as root. */
@NullMarked
package dev.coord.chaos.faults;

import org.jspecify.annotations.NullMarked;
