package dev.coord.examples.threephase;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Two-phase or three-phase commit as in the books, on processes that know nothing but each other. */
final class ClassicContender implements Contender {
    private final Rules rules;
    private final Map<String, Site> sites = new ConcurrentHashMap<>();

    ClassicContender(Rules rules) {
        this.rules = rules;
    }

    @Override
    public String title() {
        return rules.title();
    }

    @Override
    public List<Kind> phases() {
        return rules == Rules.TWO_PHASE
                ? List.of(Kind.PREPARE, Kind.COMMIT)
                : List.of(Kind.PREPARE, Kind.PRE_COMMIT, Kind.COMMIT);
    }

    @Override
    public List<CrashPoint> crashPoints(List<String> peers) {
        return Stream.of(Contender.super.crashPoints(peers), CrashPoint.ofElected(phases(), peers))
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public void open(Stage stage) {
        for (String peer : stage.peers()) {
            Site site = Site.start(
                    rules,
                    stage.peers(),
                    stage.messenger(peer),
                    stage.coord(peer).scheduler(),
                    stage.bounds(),
                    stage.votesYes(peer));
            sites.put(peer, site);
        }
    }

    private Site site(String peer) {
        Site site = sites.get(peer);
        if (site == null) {
            throw new IllegalArgumentException("no process at " + peer + ", only at " + sites.keySet());
        }
        return site;
    }

    @Override
    public void begin() {
        sites.keySet().stream()
                .min(String::compareTo)
                .map(this::site)
                .orElseThrow()
                .begin();
    }

    @Override
    public State state(String peer) {
        return site(peer).state();
    }

    @Override
    public void crashed(String peer) {
        site(peer).stop();
    }
}
