package dev.coord.recipes.mutation;

import java.util.List;

/** Bugs of SWIM. */
final class SwimMutations {
    private static final String SWIM = "coord-recipes/src/main/java/dev/coord/recipes/swim/";

    private SwimMutations() {}

    static List<Mutation> all() {
        return List.of(
                Mutation.of("suspicion-not-refuted", "a member that hears that it is suspected says nothing")
                        .edit(SWIM + "Beliefs.java", "} else if (state != State.ALIVE) {", "} else if (changes < 0) {")
                        .by("swim"),
                Mutation.of("death-is-final", "a member that was declared dead is not taken back")
                        .edit(
                                SWIM + "Peer.java",
                                "return otherIncarnation > incarnation ? 1 : -1;",
                                "return otherIncarnation > incarnation && state != State.DEAD ? 1 : -1;")
                        .by("swim"),
                Mutation.of("old-details-as-new", "an old address is passed off as that of the present incarnation")
                        .edit(
                                SWIM + "WireWriter.java",
                                "boolean otherDetails = details && !peer.hasOwnDetails();",
                                "boolean otherDetails = false;")
                        .by("swim"),
                Mutation.of("dead-not-called", "nobody calls those who were cut off")
                        .edit(
                                SWIM + "Syncer.java",
                                "if (address != null) {",
                                "if (address != null && beliefs.roster.size() == 0) {")
                        .by("swim"),
                Mutation.of("suspect-for-ever", "a suspicion never ends in death")
                        .edit(
                                SWIM + "Beliefs.java",
                                "change(peer, peer.instance, peer.incarnation, State.DEAD, at);",
                                "change(peer, peer.instance, peer.incarnation, State.SUSPECT, at);")
                        .by("swim"),
                Mutation.of("living-forgotten", "a member that has not changed for long is forgotten")
                        .edit(
                                SWIM + "Beliefs.java",
                                "if (!peer.isActive() && peer.since < before) {",
                                "if (peer.since < before + 90_000_000_000_000L) {")
                        .edit(
                                SWIM + "Beliefs.java",
                                "gossip.drop(peer);",
                                "if (peer.isActive()) enter(peer, State.LEFT, before);\n                gossip.drop(peer);")
                        .by("swim"),
                Mutation.of("left-but-alive", "a member that leaves says that it is alive if it is suspected")
                        .edit(
                                SWIM + "Beliefs.java",
                                "if (self.state == State.LEFT || incarnation < self.incarnation) {",
                                "if (incarnation < self.incarnation) {")
                        .edit(
                                SWIM + "Beliefs.java",
                                "self.renew(incarnation);",
                                "self.state = State.ALIVE;\n        self.renew(incarnation);")
                        .by("swim"),
                Mutation.of("former-self-unburied", "the listener is not told that a process has started again")
                        .edit(
                                SWIM + "Beliefs.java",
                                "if (peer.instance != instance && peer.isActive()) {",
                                "if (peer.instance != instance && changes < 0) {")
                        .by("swim"),
                Mutation.of("cleared-without-suspicion", "each sign of life is told as a refutation")
                        .edit(
                                SWIM + "Beliefs.java",
                                "} else if (state == State.ALIVE && before == State.SUSPECT) {",
                                "} else if (state == State.ALIVE) {")
                        .by("swim"),
                Mutation.of("left-not-said", "a member that has left answers pings as if it had not")
                        .edit(
                                SWIM + "Composer.java",
                                "if (beliefs.self.state == State.LEFT) {",
                                "if (maxDatagram == 0) {")
                        .by("swim"),
                Mutation.of("left-looks-after-others", "a member that has left tells of others what it knew")
                        .edit(
                                SWIM + "SwimCore.java",
                                "if (!gone) {\n            syncer.tellAll",
                                "if (config != null) {\n            syncer.tellAll")
                        .by("swim")
                        .within(8_000),
                Mutation.of(
                                "newcomer-not-told",
                                "a restarted member does not learn of its former self from those it does not know")
                        .edit(
                                SWIM + "SwimCore.java",
                                "} else {\n                hearOfSelf();\n            }\n            handle",
                                "}\n            handle")
                        .by("swim")
                        .within(8_000),
                Mutation.of("copies-believed", "copies of old datagrams are taken, whoever they are for")
                        .edit(
                                SWIM + "SwimCore.java",
                                "return message.receiver == beliefs.self.instance;",
                                "return message.receiver != 0;")
                        .edit(SWIM + "SwimCore.java", "&& !sender.isNew(message.number)", "&& message.number < 0")
                        .by("swim"),
                Mutation.of("newcomer-not-probed", "a member is not probed before it has been suspected")
                        .edit(
                                SWIM + "Roster.java",
                                "if (peer.isActive()) {\n                return peer;",
                                "if (peer.isActive() && peer.incarnation > 1) {\n                return peer;")
                        .by("swim"));
    }
}
