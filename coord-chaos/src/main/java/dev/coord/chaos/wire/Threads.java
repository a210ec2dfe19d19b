package dev.coord.chaos.wire;

/** Daemon threads by name. */
final class Threads {
    private Threads() {}

    static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
