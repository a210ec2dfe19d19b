package dev.coord.examples.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each metric and label that docs/grafana-coord.json asks for is in what Prometheus would get from a running cluster. */
@Timeout(120)
class DashboardTest {
    private static final Path DASHBOARD = Path.of(System.getProperty("basedir", "."))
            .toAbsolutePath()
            .resolveSibling("docs")
            .resolve("grafana-coord.json");
    private static final Pattern SAMPLE = Pattern.compile("^([a-z_]+)(?:\\{([^}]*)})? ", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)(?:=~|!=|!~|=)\"");
    private static final Pattern QUERIED = Pattern.compile("\\b((?:coord|ratis)_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");

    /** Prometheus gives it to all that it asks. */
    private static final String GIVEN = "instance";

    private final Map<String, Set<String>> labels = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    @Test
    void queries_askForWhatThereIs() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Everything everything = new Everything(registry)) {
            everything.start();
            read(registry.scrape());
        }
        JsonObject dashboard = dashboard();
        int queries = 0;
        for (JsonElement panel : dashboard.getAsJsonArray("panels")) {
            if (panel.getAsJsonObject().has("targets")) {
                for (JsonElement target : panel.getAsJsonObject().getAsJsonArray("targets")) {
                    check(target.getAsJsonObject());
                    queries++;
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(queries).isGreaterThan(50);
    }

    private static JsonObject dashboard() throws IOException {
        return JsonParser.parseString(Files.readString(DASHBOARD)).getAsJsonObject();
    }

    private void read(String scrape) {
        Matcher samples = SAMPLE.matcher(scrape);
        while (samples.find()) {
            Set<String> known = labels.computeIfAbsent(samples.group(1), name -> new HashSet<>(Set.of(GIVEN)));
            known.addAll(names(LABEL, samples.group(2)));
        }
    }

    private void check(JsonObject target) {
        String expression = target.get("expr").getAsString();
        Matcher queried = QUERIED.matcher(expression);
        Set<String> all = new HashSet<>();
        while (queried.find()) {
            Set<String> known = labels.get(queried.group(1));
            if (known == null) {
                problems.add("no metric " + queried.group(1) + " for " + expression);
                continue;
            }
            all.addAll(known);
            requireAll(known, names(LABEL, queried.group(2)), expression);
        }
        if (all.isEmpty()) {
            problems.add("no metric in " + expression);
        }
        requireAll(all, names(LEGEND, target.get("legendFormat").getAsString()), "the legend of " + expression);
    }

    private void requireAll(Set<String> known, Set<String> asked, String by) {
        for (String label : asked) {
            if (!known.contains(label)) {
                problems.add("no label " + label + " for " + by);
            }
        }
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new HashSet<>();
        if (text != null) {
            pattern.matcher(text).results().forEach(found -> names.add(found.group(1)));
        }
        return names;
    }

    @Test
    void panels_haveIdsAndPlacesOfTheirOwn() throws IOException {
        Set<String> ids = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (JsonElement panel : dashboard().getAsJsonArray("panels")) {
            JsonObject place = panel.getAsJsonObject().getAsJsonObject("gridPos");
            assertThat(ids.add(panel.getAsJsonObject().get("id").getAsString())).isTrue();
            assertThat(places.add(place.get("x") + "," + place.get("y"))).isTrue();
        }
    }
}
