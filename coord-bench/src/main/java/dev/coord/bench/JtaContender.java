package dev.coord.bench;

import dev.coord.time.Ticker;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/** Has a {@link Jta} commit what pooled connections did. */
final class JtaContender implements Contender {
    private static final Ticker CLOCK = Ticker.system();

    private final Jta jta;
    private final List<XaPool> pools;
    private final String table;

    JtaContender(Jta jta, List<XaPool> pools, String table) {
        this.jta = jta;
        this.pools = pools;
        this.table = table;
    }

    @Override
    public long transact(int participants, int worker) throws Exception {
        List<XaPool.Pooled> taken = new ArrayList<>(participants);
        jta.begin();
        for (XaPool pool : pools.subList(0, participants)) {
            XaPool.Pooled pooled = pool.take();
            taken.add(pooled);
            Connection connection = pooled.handle();
            jta.enlist(pooled.resource());
            Counters.increment(connection, table, worker);
            jta.delist(pooled.resource());
        }
        long called = CLOCK.nanos();
        jta.commit();
        long took = CLOCK.nanos() - called;
        for (int i = 0; i < participants; i++) {
            pools.get(i).giveBack(taken.get(i));
        }
        return took;
    }

    @Override
    public void close() throws Exception {
        jta.close();
    }
}
