/** The run: processes, a schedule of faults, the judgement, and the report. */
@NullMarked
package dev.coord.chaos.run;

import org.jspecify.annotations.NullMarked;
