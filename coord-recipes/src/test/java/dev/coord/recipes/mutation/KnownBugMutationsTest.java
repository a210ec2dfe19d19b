package dev.coord.recipes.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Each test of {@code KnownBugsTest} convicts the bug that it is named after, at one of a few seeds: by chance a bug may go
 * without harm, and that is no fault of the test.
 */
@Timeout(300)
class KnownBugMutationsTest {
    private static final int SEEDS = 5;
    private static final String TESTS = "dev.coord.recipes.KnownBugsTest";

    private final Sources sources = Sources.find();

    static Stream<String> names() {
        return KnownBugMutations.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void knownBug_putIntoTheSources_isConvictedByItsTest(String test) throws Exception {
        Mutation bug = KnownBugMutations.all().get(test);
        TestExecutionSummary summary = convicted(sources.mutated(bug), test);
        assertThat(summary.getTestsFailedCount()).as(bug.what()).isEqualTo(1);
        // The promise is broken, not the build: mutants fail by what is asserted, or are refused by the store.
        System.out.println(test + " went red by: "
                + summary.getFailures()
                        .get(0)
                        .getException()
                        .toString()
                        .lines()
                        .findFirst()
                        .orElse(""));
        assertThat(summary.getFailures().get(0).getException())
                .isNotInstanceOf(LinkageError.class)
                .hasStackTraceContaining(TESTS);
    }

    /** In the same way as the mutants are run; that all pass is for {@code KnownBugsTest} itself. */
    @Test
    void test_withoutABug_passes() throws Exception {
        String any = names().findFirst().orElseThrow();
        assertThat(run(Map.of(), any, 1).getTestsSucceededCount()).isEqualTo(1);
    }

    @Test
    void tests_all_haveTheirBug() throws Exception {
        assertThat(Arrays.stream(Class.forName(TESTS).getDeclaredMethods())
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .map(Method::getName))
                .containsExactlyInAnyOrderElementsOf(KnownBugMutations.all().keySet());
    }

    private static TestExecutionSummary convicted(Map<String, String> mutants, String test) throws Exception {
        TestExecutionSummary summary = run(mutants, test, 1);
        for (int seed = 2; summary.getTestsFailedCount() == 0 && seed <= SEEDS; seed++) {
            summary = run(mutants, test, seed);
        }
        return summary;
    }

    private static TestExecutionSummary run(Map<String, String> mutants, String test, int seed) throws Exception {
        try (MutantLoader loader = MutantLoader.of(mutants)) {
            Class<?> type = loader.loadClass(TESTS);
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectMethod(type, type.getDeclaredMethod(test)))
                    .configurationParameter("coord.seed", Integer.toString(seed))
                    .build();
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, listener);
            return listener.getSummary();
        }
    }
}
