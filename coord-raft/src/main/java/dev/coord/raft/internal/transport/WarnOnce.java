package dev.coord.raft.internal.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of each thing once: a peer that is refused tries again many times a second. */
final class WarnOnce {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    private static final int MAX_REMEMBERED = 256;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** Logs at WARN the first time, at DEBUG from then on. */
    void warn(String text) {
        // Strangers have a say in some messages: let them forge no lines.
        String message = CONTROL.matcher(text).replaceAll("?");
        if (warned.size() >= MAX_REMEMBERED) {
            warned.clear();
        }
        if (warned.add(message)) {
            LOG.warn(message);
        } else {
            LOG.debug(message);
        }
    }

    /** Warns anew of what was said before: things were well in between. */
    void forget() {
        warned.clear();
    }
}
