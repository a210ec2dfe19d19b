package dev.coord.examples.fencing;

/** Takes every write as it comes, which is wrong. */
final class PlainAccount implements Account {
    private volatile int balance;

    @Override
    public int read() {
        return balance;
    }

    @Override
    public void write(int newBalance, long token) {
        balance = newBalance; // the token is not looked at
    }
}
