package dev.coord.examples.fencing;

import dev.coord.recipes.fence.FenceGuard;

/** Lives in one process, such as the server of a device, and refuses tokens that are too old. */
final class GuardedAccount implements Account {
    private final FenceGuard fence = FenceGuard.inMemory();
    private volatile int balance;

    @Override
    public int read() {
        return balance;
    }

    @Override
    public void write(int newBalance, long token) throws InterruptedException {
        fence.<Integer, RuntimeException>write("account", token, () -> balance = newBalance);
    }
}
