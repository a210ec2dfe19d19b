package dev.coord.raft.internal.client;

import dev.coord.raft.internal.transport.Transport;
import dev.coord.time.Scheduler;
import dev.coord.time.Ticker;
import java.util.concurrent.Executor;

/**
 * What a peer runs on: real in production, virtual in a simulation.
 *
 * @param ticker the clock
 * @param scheduler timers on that clock; tasks are brief
 * @param work runs our own tasks, which may block on the log
 * @param callbacks runs the user's code, which may block
 * @param transport the way to the other peers
 */
public record PeerServices(
        Ticker ticker, Scheduler scheduler, Executor work, Executor callbacks, Transport transport) {}
