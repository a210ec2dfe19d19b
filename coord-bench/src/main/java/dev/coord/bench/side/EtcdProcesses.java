package dev.coord.bench.side;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Three members of etcd, and jetcd in this JVM, which knows them all. */
final class EtcdProcesses implements FailoverTrials.Cluster {
    private static final long GIVE_UP_MILLIS = 500;

    private final EtcdMembers members;
    private final Client client;
    private final ByteSequence value = ByteSequence.from(new byte[StoreWorks.VALUE_BYTES]);

    EtcdProcesses(Path directory) throws Exception {
        members = new EtcdMembers(directory);
        client = Client.builder()
                .endpoints(members.endpoints().toArray(String[]::new))
                .build();
    }

    @Override
    public int awaitLeader() throws IOException, InterruptedException {
        return members.endpoints().indexOf(members.awaitLeader(client));
    }

    @Override
    public Member member(int number) {
        return members.members().get(number);
    }

    @Override
    public void restart(int number) throws IOException, InterruptedException {
        members.restart(number);
        members.awaitLeader(client);
    }

    @Override
    public void write() throws Exception {
        client.getKVClient().put(EtcdStore.bytes(Keys.key(0)), value).get(GIVE_UP_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        client.close();
        members.close();
    }
}
