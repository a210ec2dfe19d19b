package dev.coord.chaos.faults;

/** Errors of system calls, by Linux's numbers. */
enum Errno {
    EIO(5),
    ENOSPC(28),
    EROFS(30),
    /** None: the process is killed in the call. */
    KILLED(1000);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
