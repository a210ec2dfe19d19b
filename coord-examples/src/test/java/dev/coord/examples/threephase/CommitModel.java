package dev.coord.examples.threephase;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * All global states that a commit can be in when its coordinator crashes, by one letter for each process, the coordinator first; a
 * participant that has crashed has a capital. Written from the papers' state diagrams, without a look at the product.
 */
final class CommitModel {
    private final boolean threePhases;
    private final Set<String> reached = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();

    private CommitModel(boolean threePhases) {
        this.threePhases = threePhases;
    }

    static Set<String> reachable(boolean threePhases, int participants) {
        CommitModel model = new CommitModel(threePhases);
        model.add("w" + "q".repeat(participants));
        while (!model.open.isEmpty()) {
            model.follow(model.open.remove());
        }
        return model.reached;
    }

    private void add(String state) {
        if (reached.add(state)) {
            open.add(state);
        }
    }

    private void follow(String state) {
        char coordinator = state.charAt(0);
        String rest = state.substring(1);
        String alive = rest.replaceAll("[A-Z]", "");
        if (coordinator == 'w') {
            add("a" + rest);
            if (rest.matches("[wW]+")) {
                add((threePhases ? "p" : "c") + rest);
            }
        }
        if (coordinator == 'p' && alive.matches("p*")) {
            add("c" + rest);
        }
        for (int i = 1; i < state.length(); i++) {
            char own = state.charAt(i);
            if (Character.isLowerCase(own)) {
                add(with(state, i, Character.toUpperCase(own)));
                for (char next : steps(coordinator, own)) {
                    add(with(state, i, next));
                }
            }
        }
    }

    private char[] steps(char coordinator, char own) {
        return switch ("" + coordinator + own) {
            case "wq", "aq" -> new char[] {'w', 'a'};
            case "aw" -> new char[] {'a'};
            case "pw" -> new char[] {'p'};
            case "cp" -> new char[] {'c'};
            case "cw" -> threePhases ? new char[0] : new char[] {'c'};
            default -> new char[0];
        };
    }

    private static String with(String state, int index, char letter) {
        return state.substring(0, index) + letter + state.substring(index + 1);
    }

    /** The states of the participants that live, as the product has them. */
    static List<State> alive(String state) {
        List<State> states = new ArrayList<>();
        for (char letter : state.substring(1).toCharArray()) {
            for (State each : State.values()) {
                if (each.letter() == letter) {
                    states.add(each);
                }
            }
        }
        return states;
    }

    /** Whether any process, dead or alive, has this letter. */
    static boolean anywhere(String state, char letter) {
        return state.toLowerCase(Locale.ROOT).indexOf(letter) >= 0;
    }
}
