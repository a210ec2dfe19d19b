package dev.coord.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A run is a function of its seed. {@code -Dcoord.determinism.seeds=1000} takes more of them; {@code BusyRun.main} prints
 * the digests, to compare those of other JDKs.
 */
class SimulationDeterminismTest {
    private static final int SEEDS = Integer.getInteger("coord.determinism.seeds", 100);

    @Test
    void seeds_runTwice_haveTheSameTrace() {
        for (long seed = 0; seed < SEEDS; seed++) {
            String first = BusyRun.digest(seed, null);
            if (!first.equals(BusyRun.digest(seed, null))) {
                throw new AssertionError("seed " + seed + " went two ways: " + firstDifference(seed));
            }
        }
    }

    private static String firstDifference(long seed) {
        List<String> one = new ArrayList<>();
        List<String> other = new ArrayList<>();
        BusyRun.digest(seed, one::add);
        BusyRun.digest(seed, other::add);
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            if (!one.get(i).equals(other.get(i))) {
                return "line " + i + ", " + one.get(i) + " or " + other.get(i);
            }
        }
        return "not by its lines, of which there are " + one.size() + " and " + other.size();
    }

    @Test
    void seeds_onAnotherJvmWithAnotherLocaleAndTimeZone_haveTheSameTrace() throws Exception {
        List<String> expected = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            expected.add(seed + " " + BusyRun.digest(seed, null));
        }
        assertThat(fork(SEEDS)).isEqualTo(expected);
    }

    private static List<String> fork(int seeds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.language=tr",
                        "-Duser.country=TR",
                        "-Duser.timezone=Asia/Kathmandu",
                        "-Dfile.encoding=ISO-8859-9",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BusyRun.class.getName(),
                        "0",
                        Integer.toString(seeds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    @Test
    void seeds_thatDiffer_haveOtherTraces_withTextOrWithout() {
        TreeSet<String> digests = new TreeSet<>();
        for (long seed = 0; seed < 20; seed++) {
            String digest = BusyRun.digest(seed, null);
            assertThat(BusyRun.digest(seed, line -> {})).isEqualTo(digest);
            digests.add(digest);
        }
        assertThat(digests).hasSize(20);
    }
}
