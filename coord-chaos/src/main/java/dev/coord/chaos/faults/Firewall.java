package dev.coord.chaos.faults;

import dev.coord.chaos.Machine;
import dev.coord.chaos.PeerProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rules of iptables that drop what peers send each other, in a chain that is named after this process: a later run removes
 * what one that crashed has left. Who sent a packet is known because peers connect from their own addresses, which the
 * preloaded library sees to.
 */
final class Firewall implements Closeable {
    private static final String PREFIX = "COORD-CHAOS-";
    private static final Pattern CHAIN = Pattern.compile("-N (" + PREFIX + "\\d+)");
    private static final Pattern DROPPED = Pattern.compile("\\s*(\\d+)\\s+\\d+\\s+DROP\\b.*");

    private final String chain = PREFIX + ProcessHandle.current().pid();
    private boolean installed;
    private long dropped;

    /** Packets from one peer to another get lost. */
    record Cut(PeerProcess from, PeerProcess to) {
        /** Requests on the connection that the one made, and answers on the one that the other made. */
        String rules(String chain) {
            String pair = "-A " + chain + " -p tcp -s " + from.host() + " -d " + to.host();
            return pair + " --dport " + to.port() + " -j DROP\n" + pair + " --sport " + from.port() + " -j DROP\n";
        }
    }

    static Optional<String> obstacle(Machine machine) {
        if (!machine.isRoot()) {
            return Optional.of("not root");
        }
        if (machine.program("iptables").isEmpty()
                || machine.program("iptables-restore").isEmpty()) {
            return Optional.of("no iptables");
        }
        return works() ? Optional.empty() : Optional.of("iptables takes no rules here");
    }

    private static boolean works() {
        String probe = PREFIX + "PROBE";
        try {
            boolean made = Shell.run("iptables", "-w", "-N", probe).ok();
            boolean ruled = made
                    && Shell.run(("iptables -w -A " + probe + " -p tcp -s 127.0.1.1 --dport 1 -j DROP").split(" ", -1))
                            .ok();
            Shell.run("iptables", "-w", "-F", probe);
            Shell.run("iptables", "-w", "-X", probe);
            return ruled;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Replaces all cuts by these, at one instant. */
    synchronized void cut(Collection<Cut> cuts) throws IOException, InterruptedException {
        install();
        dropped += count();
        StringBuilder rules = new StringBuilder("*filter\n:" + chain + " - [0:0]\n");
        cuts.forEach(cut -> rules.append(cut.rules(chain)));
        Shell.checkFed(rules.append("COMMIT\n").toString(), "iptables-restore", "-w", "--noflush");
    }

    private void install() throws IOException, InterruptedException {
        if (!installed) {
            removeLeftovers();
            Leftovers.closeAtExit(this);
            Shell.check("iptables", "-w", "-N", chain);
            Shell.check("iptables", "-w", "-I", "INPUT", "-i", "lo", "-j", chain);
            installed = true;
        }
    }

    /** How many packets were dropped so far. */
    synchronized long dropped() throws IOException, InterruptedException {
        return dropped + (installed ? count() : 0);
    }

    private long count() throws IOException, InterruptedException {
        return Shell.lines("iptables", "-w", "-nvxL", chain).stream()
                .map(DROPPED::matcher)
                .filter(Matcher::matches)
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();
    }

    /** Leaves no rule. Safe to repeat. */
    @Override
    public synchronized void close() throws IOException {
        if (!installed) {
            return;
        }
        try {
            dropped += count();
            remove(chain);
            installed = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure = new InterruptedIOException("interrupted while rules were removed");
            failure.initCause(e);
            throw failure;
        }
    }

    /** Removes the rules of runs that are no more. */
    static void removeLeftovers() throws IOException, InterruptedException {
        for (String line : Shell.lines("iptables", "-w", "-S")) {
            Matcher named = CHAIN.matcher(line);
            if (named.matches() && !Shell.isAlive(Shell.owner(named.group(1), PREFIX))) {
                remove(named.group(1));
            }
        }
    }

    private static void remove(String chain) throws IOException, InterruptedException {
        Shell.run("iptables", "-w", "-D", "INPUT", "-i", "lo", "-j", chain);
        Shell.run("iptables", "-w", "-F", chain);
        Shell.check("iptables", "-w", "-X", chain);
    }
}
