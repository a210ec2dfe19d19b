package dev.coord.raft.internal.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Makes Ratis use our transport. Ratis creates it by its class name, hence public. */
public final class CoordRpcType implements RpcType {
    private static final String RPC = CoordRpcType.class.getName() + ".rpc";

    /** Creates the type; called by Ratis. */
    public CoordRpcType() {}

    /** The parameters that carry a peer's own RPC through Ratis's constructors. */
    static Parameters parameters(RatisRpc rpc) {
        Parameters parameters = new Parameters();
        parameters.put(RPC, rpc, RatisRpc.class);
        return parameters;
    }

    @Override
    public String name() {
        return getClass().getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(this, parameters.getNonNull(RPC, RatisRpc.class));
    }

    @Override
    public String toString() {
        return name();
    }

    private record Factory(RpcType type, RatisRpc rpc) implements ServerFactory {
        @Override
        public RpcType getRpcType() {
            return type;
        }

        @Override
        public RaftServerRpc newRaftServerRpc(RaftServer server) {
            return rpc;
        }

        @Override
        public LogAppender newLogAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
            return new CoordLogAppender(division, leader, follower, rpc);
        }
    }
}
