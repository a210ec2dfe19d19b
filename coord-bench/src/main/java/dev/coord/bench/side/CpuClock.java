package dev.coord.bench.side;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** How much time of processors a system has used: of this JVM and of processes that belong to it. */
final class CpuClock {
    private static final OperatingSystemMXBean JVM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<Member> members;

    CpuClock(List<Member> members) {
        this.members = members;
    }

    /** Returns nanoseconds since some moment. */
    long nanos() {
        return JVM.getProcessCpuTime()
                + members.stream().mapToLong(Member::cpuNanos).sum();
    }
}
