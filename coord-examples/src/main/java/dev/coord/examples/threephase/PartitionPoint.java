package dev.coord.examples.threephase;

import java.util.List;
import java.util.Set;

/** When the network falls apart: the coordinator and one participant on one side, the others, which are more, on the other. */
enum PartitionPoint {
    /** No vote was asked for. */
    BEFORE_PREPARE("nobody was asked") {
        @Override
        Moment moment(List<Kind> phases, List<String> peers) {
            return Moment.at(peers.get(0), Event.SENDING, phases.get(0), 1);
        }
    },
    /** The far side has voted, but its last vote is lost. */
    VOTES_ON_THE_WAY("a vote is on its way") {
        @Override
        Moment moment(List<Kind> phases, List<String> peers) {
            return Moment.at(
                    Set.copyOf(far(peers)),
                    Event.HANDLED,
                    phases.get(0),
                    far(peers).size());
        }
    },
    /** All votes are in; the coordinator has not told anybody. */
    VOTES_ARE_IN("all votes are in, nobody was told") {
        @Override
        Moment moment(List<Kind> phases, List<String> peers) {
            return Moment.at(peers.get(0), Event.ANSWERED, phases.get(0), peers.size() - 1);
        }
    },
    /** One of the far side was told what follows the votes. */
    ONE_IS_TOLD("one beyond was told") {
        @Override
        Moment moment(List<Kind> phases, List<String> peers) {
            return Moment.at(Set.copyOf(far(peers)), Event.HANDLED, phases.get(1), 1);
        }
    },
    /** All of the far side were told what follows the votes. */
    ALL_ARE_TOLD("all beyond were told") {
        @Override
        Moment moment(List<Kind> phases, List<String> peers) {
            return Moment.at(
                    Set.copyOf(far(peers)),
                    Event.HANDLED,
                    phases.get(1),
                    far(peers).size());
        }
    };

    private final String words;

    PartitionPoint(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    abstract Moment moment(List<Kind> phases, List<String> peers);

    /** The side of the coordinator. */
    static List<String> near(List<String> peers) {
        return peers.subList(0, 2);
    }

    /** The other side. */
    static List<String> far(List<String> peers) {
        return peers.subList(2, peers.size());
    }
}
