/** Coordination recipes on the Coord API. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer has no module descriptor
module dev.coord.recipes {
    requires transitive dev.coord.api;
    requires static transitive java.sql;
    requires static transitive micrometer.core;
    requires static transitive org.jspecify;

    exports dev.coord.recipes.assignment;
    exports dev.coord.recipes.broadcast;
    exports dev.coord.recipes.causality;
    exports dev.coord.recipes.commit;
    exports dev.coord.recipes.commit.xa;
    exports dev.coord.recipes.commit.jdbc;
    exports dev.coord.recipes.detector;
    exports dev.coord.recipes.discovery;
    exports dev.coord.recipes.election;
    exports dev.coord.recipes.fence;
    exports dev.coord.recipes.lock;
    exports dev.coord.recipes.membership;
    exports dev.coord.recipes.mirror;
    exports dev.coord.recipes.queue;
    exports dev.coord.recipes.stamp;
    exports dev.coord.recipes.swim;
    exports dev.coord.recipes.sync;
    exports dev.coord.recipes;
}
