package dev.coord.examples.operations;

import dev.coord.raft.CoordPeer;
import java.nio.file.Path;
import java.time.Duration;

/** The code of docs/operations.md, block by block: {@link dev.coord.examples.SnippetsDocTest} keeps the two equal. */
final class OperationSnippets {

    private OperationSnippets() {}

    static CoordPeer start(Path empty) {
        return CoordPeer.builder()
                .id("n4")
                .members("n1=10.0.0.1:7101,n2=10.0.0.2:7101,n4=10.0.0.4:7101") // those of the moment, and itself
                .dataDirectory(empty)
                .start(); // JOINING
    }

    static void replace(CoordPeer n1) throws InterruptedException {
        n1.membership().remove("n3", Duration.ofSeconds(30));
        n1.membership().add("n4=10.0.0.4:7101", Duration.ofSeconds(30));
    }
}
