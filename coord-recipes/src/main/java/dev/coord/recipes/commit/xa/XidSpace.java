package dev.coord.recipes.commit.xa;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.coord.recipes.commit.Branch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.transaction.xa.Xid;

/**
 * The names of one participant's branches. All have the same format and the same branch qualifier, which is a digest of the domain and
 * the participant's name; the global transaction id is the transaction's own.
 */
final class XidSpace {
    static final int LONGEST_NAME = 40;

    private static final int DIGEST = 9; // Bytes; 72 bits keep strangers apart, and make 12 characters.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + LONGEST_NAME + "}");
    private static final Pattern TRANSACTION = Pattern.compile("[A-Za-z0-9.-]{1," + Branch.MAX_ID + "}");

    private final String participant;
    private final String qualifier;

    private XidSpace(String participant, String qualifier) {
        this.participant = participant;
        this.qualifier = qualifier;
    }

    static XidSpace of(String participant, String domain) {
        if (!NAME.matcher(requireNonNull(participant, "name")).matches()) {
            throw new IllegalArgumentException("participant '" + participant
                    + "': it is part of the branches' names in the " + "database, so it has 1 to " + LONGEST_NAME
                    + " letters, digits, dots, hyphens and underscores");
        }
        if (requireNonNull(domain, "domain").isEmpty()) {
            throw new IllegalArgumentException(
                    "no domain; give the coordinator's path, so that applications that share a "
                            + "database leave each other's branches alone");
        }
        return new XidSpace(participant, digest(domain) + ":" + participant);
    }

    private static String digest(String domain) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(domain.getBytes(UTF_8));
            return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, DIGEST));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    String participant() {
        return participant;
    }

    BranchXid xid(String transaction) {
        if (!TRANSACTION.matcher(transaction).matches()) {
            throw new IllegalArgumentException("transaction '" + transaction + "': an id has 1 to " + Branch.MAX_ID
                    + " letters, digits, dots and hyphens");
        }
        return new BranchXid(transaction, qualifier);
    }

    /** Tells whose branch it is that a resource lists; empty if it is not this participant's. */
    Optional<String> transaction(Xid xid) {
        if (xid.getFormatId() != XaParticipant.FORMAT_ID
                || !Arrays.equals(xid.getBranchQualifier(), qualifier.getBytes(US_ASCII))) {
            return Optional.empty();
        }
        String transaction = new String(xid.getGlobalTransactionId(), US_ASCII);
        return TRANSACTION.matcher(transaction).matches() ? Optional.of(transaction) : Optional.empty();
    }
}
