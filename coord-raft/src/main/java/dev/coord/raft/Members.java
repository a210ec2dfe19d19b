package dev.coord.raft;

import dev.coord.raft.internal.transport.PeerAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@code id=host:port,…}. */
final class Members {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String FORM = "; members look like n1=10.0.0.1:7101,n2=10.0.0.2:7101,n3=[::1]:7101";

    private Members() {}

    static Map<String, PeerAddress> parse(String text) {
        Map<String, PeerAddress> members = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            String member = part.strip();
            int equals = member.indexOf('=');
            if (equals < 0) {
                throw new InvalidConfigException("member '" + member + "' has no '='" + FORM);
            }
            String id = checkId("member id", member.substring(0, equals).strip());
            PeerAddress address = address(member.substring(equals + 1).strip(), member);
            if (members.put(id, address) != null) {
                throw new InvalidConfigException("member id '" + id + "' appears twice" + FORM);
            }
        }
        return members;
    }

    static String checkId(String what, String id) {
        if (!ID.matcher(id).matches()) {
            throw new InvalidConfigException(
                    what + " '" + id
                            + "' is not 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit");
        }
        return id;
    }

    private static PeerAddress address(String text, String member) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new InvalidConfigException("member '" + member + "' has no port" + FORM);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new InvalidConfigException("member '" + member + "': write an IPv6 address in brackets" + FORM);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 1 && port <= 65_535 && !host.isBlank()) {
                return new PeerAddress(host, port);
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw new InvalidConfigException("member '" + member + "': the port must be 1 to 65535" + FORM);
    }
}
