package dev.coord.recipes.commit;

import dev.coord.kv.KeyRange;
import dev.coord.kv.Keys;
import dev.coord.recipes.internal.QueuePath;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the coordinators of a path keep their transactions, below it. Of a transaction there is its record and, as long as somebody
 * drives it, a key attached to that one's session, the owner; once it has ended there may be its outcome. An epoch is a key that
 * lives as long as the outcomes of the transactions that began in it.
 */
final class CommitKeys {
    private static final String OUTCOME = "d/";
    private static final String EPOCH = "e/";
    private static final String HEURISTIC = "h/";
    private static final String OWNER = "o/";
    private static final String RECORD = "t/";
    private static final char BETWEEN = '-';

    private static final int DOMAIN_BYTES = 8;

    private final String root;
    private final String domain;

    CommitKeys(String path) {
        root = new QueuePath(path).path() + "/~";
        domain = digest(path);
        Keys.check(heuristic("0".repeat(Branch.MAX_ID), "0".repeat(Registry.MAX_NAME)));
    }

    String path() {
        return root.substring(0, root.length() - 2);
    }

    String record(String id) {
        return root + RECORD + id;
    }

    String owner(String id) {
        return root + OWNER + id;
    }

    String outcome(String id) {
        return root + OUTCOME + id;
    }

    String epoch(String epoch) {
        return root + EPOCH + epoch;
    }

    /** The epoch that a transaction began in. */
    String epochOf(String id) {
        return epoch(id.substring(0, id.lastIndexOf(BETWEEN)));
    }

    /** Begins the ids of all transactions of the path: a participant may serve several, and others on other paths. */
    String domain() {
        return domain;
    }

    private static String digest(String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DOMAIN_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JVM without SHA-256", e);
        }
    }

    static String id(String epoch, long number) {
        return epoch + BETWEEN + number;
    }

    String heuristic(String id, String participant) {
        return root + HEURISTIC + id + "/" + participant;
    }

    KeyRange heuristics() {
        return KeyRange.prefix(root + HEURISTIC);
    }

    /** Owners and records, in one range. */
    KeyRange live() {
        return KeyRange.between(root + OWNER, root + "t0");
    }

    boolean isRecord(String key) {
        return key.startsWith(RECORD, root.length());
    }

    /** The transaction of an owner's or a record's key, or the empty string if it is neither. */
    String idOf(String key) {
        boolean known = isRecord(key) || key.startsWith(OWNER, root.length());
        return known ? key.substring(root.length() + RECORD.length()) : "";
    }

    /** Tells whether an id is one of this path's. */
    boolean isOurs(String id) {
        return id.startsWith(domain() + ".") && isId(id);
    }

    private static boolean isId(String id) {
        return id.length() <= Branch.MAX_ID && id.matches("[0-9a-f.]+-[0-9]+");
    }
}
