package dev.coord.chaos.faults;

/** Kinds of system calls that the preloaded library knows, in its order. */
enum Call {
    /** Opening a file to write, or creating one. */
    OPEN(0),
    /** Writing, and changing a file's length. */
    WRITE(1),
    /** Forcing a file or directory to disk. */
    SYNC(2),
    /** Creating directories, renaming and deleting. */
    NAME(3),
    /** Connections that were bound to the peer's own address. */
    CONNECT(4);

    private final int place;

    Call(int place) {
        this.place = place;
    }

    /** Which rule of the control file is its own. */
    int place() {
        return place;
    }
}
