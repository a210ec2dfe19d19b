package dev.coord.chaos.faults;

import dev.coord.chaos.Fault;
import dev.coord.chaos.FaultSource;
import java.util.ArrayList;
import java.util.List;

/** All faults of this package. Those of one call share what they hold. */
public final class OsFaults implements FaultSource {
    /** For {@link java.util.ServiceLoader}. */
    public OsFaults() {}

    @Override
    public List<Fault> faults() {
        PeerDisks disks = new PeerDisks();
        Firewall firewall = new Firewall();
        List<Fault> faults = new ArrayList<>();
        for (Partition.Shape shape : Partition.Shape.values()) {
            faults.add(new Partition(shape, firewall, disks));
        }
        for (DiskTrouble.Kind kind : DiskTrouble.Kind.values()) {
            faults.add(new DiskTrouble(kind, disks));
        }
        for (WallClock.Kind kind : WallClock.Kind.values()) {
            faults.add(new WallClock(kind));
        }
        faults.add(new DiskFull(disks));
        faults.add(new DamagedFile());
        return List.copyOf(faults);
    }
}
