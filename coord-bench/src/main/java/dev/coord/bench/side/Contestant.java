package dev.coord.bench.side;

import dev.coord.bench.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is compared. Several may be served by one host, which is a JVM of its own. */
enum Contestant {
    COORD("Coord", CoordSide.class, ClassPath.COORD, "3"),
    COORD_FOLLOWER("Coord, at a follower", COORD, CoordSide.FOLLOWER),
    COORD_PROCESSES("Coord, three processes", CoordSide.class, ClassPath.COORD, CoordSide.PROCESSES),
    COORD_FIVE("Coord, five peers", CoordSide.class, ClassPath.COORD, "5"),
    ZOOKEEPER("ZooKeeper", ZooKeeperSide.class, ClassPath.COMMON, ""),
    ETCD("etcd", EtcdSide.class, ClassPath.ETCD, ""),
    JRAFT("SOFAJRaft", JRaftSide.class, ClassPath.JRAFT, ""),
    JGROUPS("jgroups-raft", JGroupsSide.class, ClassPath.COMMON, ""),
    RATIS_GRPC("Ratis, gRPC", RatisSide.class, ClassPath.RATIS, "grpc"),
    RATIS_NETTY("Ratis, Netty", RatisSide.class, ClassPath.RATIS, "netty");

    private final String title;
    private final Contestant host;
    private final String prefix;
    private final Class<?> main;
    private final ClassPath classPath;
    private final String argument;

    Contestant(String title, Class<?> main, ClassPath classPath, String argument) {
        this.title = title;
        this.host = this;
        this.prefix = "";
        this.main = main;
        this.classPath = classPath;
        this.argument = argument;
    }

    Contestant(String title, Contestant host, String prefix) {
        this.title = title;
        this.host = host;
        this.prefix = prefix;
        this.main = host.main;
        this.classPath = host.classPath;
        this.argument = host.argument;
    }

    String title() {
        return title;
    }

    /** Returns who serves what is measured of this one: itself, mostly. */
    Contestant host() {
        return host;
    }

    /** Returns the name by which the host offers a work of this one. */
    String offered(String work) {
        return prefix + work;
    }

    /** Tells why it cannot take part, if so. */
    Optional<String> absence() {
        return host == ETCD && EtcdMembers.binary().isEmpty()
                ? Optional.of("no etcd on the PATH (Debian: etcd-server)")
                : Optional.empty();
    }

    /** Starts the host and waits until it can be measured. */
    Subject start(Path directory, Mode mode, String heap) throws IOException {
        List<String> options = List.of(
                "-Xms" + heap,
                "-Xmx" + heap,
                "-Dcoord.log=" + (mode == Mode.FAILOVER ? "ERROR" : "WARN"),
                "-Dzookeeper.globalOutstandingLimit=10000",
                "-Dsofa.middleware.log.disable=true",
                "-Dlogging.path=" + directory);
        List<String> command = Subject.command(main, classPath.parts(), options, directory, argument, mode.name());
        return new Subject(title, directory, command);
    }
}
