package dev.coord.recipes.causality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SiblingsTest {
    private static final VersionVector NOTHING_READ = VersionVector.empty();

    @Test
    void twoClientsOfOneReplica_whoHadReadNothing_leaveSiblings() {
        Siblings<String> copy =
                Siblings.<String>none().put("a", NOTHING_READ, "x").put("a", NOTHING_READ, "y");
        assertThat(copy.values()).containsExactly("x", "y");
        assertThat(copy).hasToString("{a:2}[a:1=x, a:2=y]");
    }

    @Test
    void writeOfWhoHadReadOne_overwritesThatOne_andLeavesWhatCameMeanwhile() {
        Siblings<String> first = Siblings.<String>none().put("a", NOTHING_READ, "x");
        Siblings<String> both = first.put("a", NOTHING_READ, "y").put("a", first.context(), "z");
        assertThat(both.values()).containsExactly("y", "z");
        assertThat(both.put("a", both.context(), "settled").values()).containsExactly("settled");
    }

    @Test
    void valueOverwrittenElsewhere_doesNotReturnWithAnOldCopy() {
        Siblings<String> old = Siblings.<String>none().put("a", NOTHING_READ, "x");
        Siblings<String> newer = old.put("b", old.context(), "y");
        assertThat(old.merge(newer)).isEqualTo(newer);
        assertThat(newer.merge(old)).isEqualTo(newer);
        assertThat(old.compare(newer)).isEqualTo(Causality.BEFORE);
    }

    @Test
    void prune_removesWhatWasRead_andKeepsWhatCameMeanwhile() {
        Siblings<String> read = Siblings.<String>none().put("a", NOTHING_READ, "x");
        Siblings<String> meanwhile = read.put("b", NOTHING_READ, "y").prune(read.context());
        assertThat(meanwhile.values()).containsExactly("y");
        assertThat(meanwhile.merge(read)).isEqualTo(meanwhile);
    }

    @Test
    void updateThatSkipsOthersOfItsReplica_isRefused_andTakenWhenTheseAreKnown() {
        Siblings<String> first = Siblings.<String>none().put("a", NOTHING_READ, "x");
        DottedVersionVector update = first.next("a", NOTHING_READ);
        assertThatThrownBy(() -> Siblings.<String>none().put(update, "y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "update a:2 where only 0 of a are known; take those in between first, or merge a whole copy");
        assertThat(first.put(update, "y")).isEqualTo(first.put("a", NOTHING_READ, "y"));
        assertThat(first.put(update, "y").put(update, "again")).isEqualTo(first.put(update, "y"));
    }

    @Test
    void stampsThroughOneReplica_areConcurrent_unlessOneHadReadTheOther() {
        Siblings<String> copy = Siblings.none();
        DottedVersionVector x = copy.next("a", NOTHING_READ);
        copy = copy.put(x, "x");
        DottedVersionVector y = copy.next("a", NOTHING_READ);
        DottedVersionVector z = copy.put(y, "y").next("a", copy.context());
        assertThat(x.compare(y)).isEqualTo(Causality.CONCURRENT);
        assertThat(x.compare(z)).isEqualTo(Causality.BEFORE);
        assertThat(y.compare(z)).isEqualTo(Causality.CONCURRENT);
        assertThat(z).hasToString("a:3{a:1}");
    }

    @Test
    void updateInItsOwnPast_isRefused() {
        assertThatThrownBy(() -> new DottedVersionVector(new Dot("a", 1), NOTHING_READ.increment("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("update a:1 is in its own past {a:1}");
        assertThatThrownBy(() -> new Dot("a", 0)).hasMessage("update 0 of a; the first has the number 1");
    }

    @Test
    void versions_cannotBeModified() {
        Siblings<String> copy = Siblings.<String>none().put("a", NOTHING_READ, "x");
        assertThatThrownBy(() -> copy.versions().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
