package dev.coord.recipes.commit.jdbc;

import java.util.HashMap;
import java.util.Map;

/** What becomes of branches, as the table of cases in the documents says it, of one local transaction after the other. */
final class NaiveBranches {
    private final Map<String, String> states = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();

    NaiveBranches() {}

    NaiveBranches(NaiveBranches other) {
        states.putAll(other.states);
        tokens.putAll(other.tokens);
    }

    String state(String branch) {
        return states.getOrDefault(branch, "absent");
    }

    String answer(String call, String branch, long token) {
        String state = state(branch);
        if (call.startsWith("decide")) {
            return decide(call.equals("decideYes"), branch, token, state);
        }
        if (tokens.getOrDefault(branch, -1L) > token) {
            return "FENCED";
        }
        if (call.equals("confirm") && state.equals("absent")) {
            return "HAZARD";
        }
        tokens.put(branch, token);
        return switch (call + " " + state) {
            case "tryBranch absent" -> enter(branch, "TRIED", "PROCEED");
            case "confirm TRIED" -> enter(branch, "CONFIRMED", "PROCEED");
            case "cancel TRIED" -> enter(branch, "CANCELLED", "PROCEED");
            case "cancel absent" -> enter(branch, "CANCELLED", "EMPTY");
            case "tryBranch TRIED", "tryBranch CONFIRMED", "confirm CONFIRMED", "cancel CANCELLED" -> "DONE";
            case "tryBranch CANCELLED" -> "REFUSED";
            case "confirm CANCELLED" -> "ABORTED";
            case "cancel CONFIRMED" -> "COMMITTED";
            default -> throw new AssertionError(call + " " + state);
        };
    }

    private String decide(boolean yes, String branch, long token, String state) {
        if (state.equals("TRIED")) {
            return "MISUSED";
        }
        if (state.equals("absent")) {
            tokens.put(branch, token);
            return enter(branch, yes ? "CONFIRMED" : "CANCELLED", yes ? "ours true" : "ours false");
        }
        return state.equals("CONFIRMED") ? "true" : "false";
    }

    private String enter(String branch, String state, String answer) {
        states.put(branch, state);
        return answer;
    }
}
