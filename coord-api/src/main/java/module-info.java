/** Interfaces, values and errors of Coord, an embeddable coordination kernel. */
module dev.coord.api {
    requires static transitive org.jspecify;

    exports dev.coord;
    exports dev.coord.kv;
    exports dev.coord.lease;
    exports dev.coord.net;
    exports dev.coord.time;
    exports dev.coord.watch;
}
