package dev.coord.recipes.commit.xa;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that answers as the test says, and tells what it was asked. */
final class ScriptedResource implements XaSession, XAResource {
    final List<String> calls = new ArrayList<>();
    final List<Xid> inDoubt = new ArrayList<>();
    Xid started;

    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Runnable> meanwhile = new HashMap<>();
    private int vote = XA_OK;
    private boolean listsNull;

    /** Has the next call of a method fail. */
    ScriptedResource failing(String method, int code) {
        failures.put(method, code);
        return this;
    }

    /** Has something happen during the next call of a method. */
    ScriptedResource during(String method, Runnable task) {
        meanwhile.put(method, task);
        return this;
    }

    ScriptedResource voting(int answer) {
        vote = answer;
        return this;
    }

    ScriptedResource listingNull() {
        listsNull = true;
        return this;
    }

    private void call(String method) throws XAException {
        calls.add(method);
        Runnable task = meanwhile.remove(method);
        if (task != null) {
            task.run();
        }
        Integer code = failures.remove(method);
        if (code != null) {
            throw new XAException(code);
        }
    }

    @Override
    public XAResource resource() {
        return this;
    }

    @Override
    public void close() {
        calls.add("close");
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        call("start" + (flags == TMNOFLAGS ? "" : flags));
        started = xid;
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        call(flags == TMSUCCESS ? "end" : flags == TMFAIL ? "fail" : "end" + flags);
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        call("prepare");
        return vote;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        call(onePhase ? "commitOnePhase" : "commit");
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        call("rollback");
    }

    @Override
    public void forget(Xid xid) throws XAException {
        call("forget");
    }

    @Override
    public Xid[] recover(int flags) throws XAException {
        call("recover");
        return listsNull ? null : inDoubt.toArray(new Xid[0]);
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
