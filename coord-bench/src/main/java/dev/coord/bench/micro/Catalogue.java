package dev.coord.bench.micro;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The operations that can be measured: what JMH's annotation processor found in this package. */
final class Catalogue {
    private static final OutputFormat SILENT = OutputFormatFactory.createFormatInstance(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), VerboseMode.SILENT);

    private Catalogue() {}

    /** Returns those that the settings ask for, in the order of their names and sizes. */
    static List<Operation> of(MicroSettings settings) {
        String here = Pattern.quote(Catalogue.class.getPackageName() + ".");
        return BenchmarkList.defaultList().find(SILENT, List.of(here), List.of()).stream()
                .flatMap(entry -> operations(entry, settings.quick()).stream())
                .filter(operation ->
                        settings.include().matcher(operation.title()).find())
                .toList();
    }

    /** Every choice of parameters, of which a short run takes the first values. */
    private static List<Operation> operations(BenchmarkListEntry entry, boolean quick) {
        List<TreeMap<String, String>> choices = new ArrayList<>(List.of(new TreeMap<>()));
        for (Map.Entry<String, String[]> parameter :
                entry.getParams().orElse(Map.of()).entrySet()) {
            List<TreeMap<String, String>> more = new ArrayList<>();
            for (TreeMap<String, String> choice : choices) {
                for (String value : quick ? List.of(parameter.getValue()[0]) : List.of(parameter.getValue())) {
                    TreeMap<String, String> with = new TreeMap<>(choice);
                    with.put(parameter.getKey(), value);
                    more.add(with);
                }
            }
            choices = more;
        }
        return choices.stream()
                .map(choice -> new Operation(entry.getUsername(), choice))
                .toList();
    }
}
