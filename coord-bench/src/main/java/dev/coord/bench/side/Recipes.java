package dev.coord.bench.side;

import java.util.concurrent.CompletableFuture;

/** What is built on a store to agree on who may do something. */
interface Recipes {

    /** Returns a caller's own access to a lock. */
    Mutex mutex(String name) throws Exception;

    /** A caller's access to a lock. Used by one thread. */
    interface Mutex {
        /** Waits until the caller has the lock. */
        void lock() throws Exception;

        /** Gives it up and waits until the store knows. */
        void unlock() throws Exception;
    }

    /** Begins to stand for election, as one of two that do in turns, each with a session of its own. */
    Candidate stand(String name, int side) throws Exception;

    /** Who stands for election. */
    interface Candidate {
        /** Completes when elected. */
        CompletableFuture<?> elected();

        /** Tells how many stand, itself and the leader included. */
        int standing() throws Exception;

        /** Ends its leadership, or stands no more. */
        void leave() throws Exception;
    }
}
