package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether what holders said of themselves leaves at most one at a time, and fenced resources were well served. */
final class ClaimCheck {
    private final Recording recording;

    ClaimCheck(Recording recording) {
        this.recording = recording;
    }

    @Nullable
    Violation run() {
        Map<String, List<Claim>> byName = new LinkedHashMap<>();
        for (Claim claim : recording.claims()) {
            byName.computeIfAbsent(claim.name(), name -> new ArrayList<>()).add(claim);
        }
        for (List<Claim> claims : byName.values()) {
            Violation violation = first(claims);
            if (violation != null) {
                return violation;
            }
        }
        return null;
    }

    private static @Nullable Violation first(List<Claim> claims) {
        Violation violation = tokens(claims);
        if (violation == null) {
            violation = validity(claims);
        }
        if (violation == null) {
            violation = reliance(claims);
        }
        return violation == null ? writes(claims) : violation;
    }

    /** One holder for each token, granted once, and never certain again after it let go. */
    private static @Nullable Violation tokens(List<Claim> claims) {
        Map<Long, Claim> holders = new HashMap<>();
        Map<Long, Claim> ended = new HashMap<>();
        for (Claim claim : claims) {
            if (claim.kind() == Claim.Kind.WRITTEN || claim.kind() == Claim.Kind.REFUSED) {
                continue;
            }
            Claim holder = holders.putIfAbsent(claim.token(), claim);
            if (holder != null
                    && (!holder.process().equals(claim.process())
                            || (claim.kind() == Claim.Kind.ACQUIRED && holder.kind() == Claim.Kind.ACQUIRED))) {
                return wrong("The token " + claim.token() + " was given out twice", holder, claim);
            }
            Claim end = ended.get(claim.token());
            if (end != null && claim.kind() == Claim.Kind.VALID) {
                return wrong("A holder was certain again of what it had let go", end, claim);
            }
            if (claim.kind() == Claim.Kind.RELEASED || claim.kind() == Claim.Kind.LOST) {
                ended.put(claim.token(), claim);
            }
        }
        return null;
    }

    /** Nobody is certain to hold after somebody else was granted it with a greater token: that grant ended his. */
    private static @Nullable Violation validity(List<Claim> claims) {
        List<Claim> answered = new ArrayList<>(claims);
        answered.removeIf(claim -> claim.kind() != Claim.Kind.VALID && claim.kind() != Claim.Kind.ACQUIRED);
        List<Claim> asked = List.copyOf(answered);
        answered.sort(Comparator.comparingLong(Claim::answered));
        Claim greatest = null;
        int next = 0;
        for (Claim claim : asked) {
            while (next < answered.size() && answered.get(next).answered() <= claim.at()) {
                Claim candidate = answered.get(next++);
                greatest = greatest == null || candidate.token() > greatest.token() ? candidate : greatest;
            }
            // A grant may be heard of late: it shows what was granted, and is not judged itself.
            if (claim.kind() == Claim.Kind.VALID && greatest != null && greatest.token() > claim.token()) {
                return wrong(
                        "Two hold at once, or tokens went back: " + claim.token() + " was certain after "
                                + greatest.token() + " had been granted",
                        greatest,
                        claim);
            }
        }
        return null;
    }

    /** Nobody is granted what another relies on. */
    private static @Nullable Violation reliance(List<Claim> claims) {
        Map<Long, Claim> relied = new HashMap<>();
        for (Claim claim : claims) {
            switch (claim.kind()) {
                case RELEASED, LOST -> relied.remove(claim.token());
                case ACQUIRED, VALID -> {
                    for (Claim other : relied.values()) {
                        if (other.token() < claim.token() && claim.nanos() < other.untilNanos()) {
                            return wrong(
                                    claim.token() + " was granted " + (other.untilNanos() - claim.nanos()) / 1_000_000
                                            + " ms before the end of what " + other.token() + " relied on",
                                    other,
                                    claim);
                        }
                    }
                    if (claim.untilNanos() != Long.MIN_VALUE) {
                        relied.merge(claim.token(), claim, (a, b) -> a.untilNanos() > b.untilNanos() ? a : b);
                    }
                }
                case WRITTEN, REFUSED -> {}
            }
        }
        return null;
    }

    /** A fenced resource accepts no token smaller than one that it accepted before. */
    private static @Nullable Violation writes(List<Claim> claims) {
        Claim greatest = null;
        for (Claim claim : claims) {
            if (claim.kind() == Claim.Kind.WRITTEN) {
                if (greatest != null && greatest.token() > claim.token()) {
                    return wrong(
                            "A fenced resource accepted " + claim.token() + " after " + greatest.token(),
                            greatest,
                            claim);
                }
                greatest = claim;
            }
        }
        return null;
    }

    private static Violation wrong(String sentence, Claim first, Claim second) {
        return Violation.of(sentence + " (" + second.name() + ")", List.of())
                .marked(List.of(mark(first), mark(second)));
    }

    private static Timeline.Mark mark(Claim claim) {
        return Timeline.Mark.at(claim.process(), claim.at(), Claims.words(claim));
    }
}
