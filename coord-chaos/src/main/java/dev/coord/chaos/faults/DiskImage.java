package dev.coord.chaos.faults;

import dev.coord.chaos.faults.DiskJournal.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory as a loss of power would leave it. It is made from the directory as it is before a process runs, which counts
 * as durable, and from the journal of what the process did.
 *
 * <p>The contents of a file are durable once a sync of that file has succeeded that began after they were written. What a
 * failed sync was to write is lost for good. Names (creations, renames, deletions) are durable by one of two rules, see
 * {@link Names}. When power is lost, what is not durable is dropped, or a part of it by chance kept: single writes, the
 * first sectors of a write, and the first of the changes of names.
 */
final class DiskImage {

    /** When names are durable. */
    enum Names {
        /** Once any file or directory was synced after, in order: as ext4 and xfs do, whose journal is one for all. */
        JOURNALLED,
        /** Once their own directory was synced, and then in order; POSIX promises not even the order. */
        STRICT
    }

    /** What was lost: bytes written, and names changed. */
    record Loss(long bytes, long names) {
        Loss plus(Loss other) {
            return new Loss(bytes + other.bytes, names + other.names);
        }
    }

    /** Something with an inode: a file, or a directory with the names in it. */
    private static final class Node {
        final @Nullable DiskFile file;
        final Map<String, Node> live = new TreeMap<>();
        final Map<String, Node> durable = new TreeMap<>();

        Node(@Nullable DiskFile file) {
            this.file = file;
        }
    }

    /** A change of names that is not yet durable: a name that goes, a name that comes, or both. */
    private record Change(
            long sequence,
            @Nullable Node from,
            String oldName,
            @Nullable Node to,
            String newName,
            Node node) {

        boolean concerns(Node directory) {
            return directory.equals(from) || directory.equals(to);
        }

        void apply(boolean durable) {
            if (from != null) {
                (durable ? from.durable : from.live).remove(oldName, node);
            }
            if (to != null) {
                (durable ? to.durable : to.live).put(newName, node);
            }
        }
    }

    private final Path root;
    private final Names rule;
    private final Node top = new Node(null);
    private final Map<Long, Node> inodes = new HashMap<>();
    private final List<Change> pending = new ArrayList<>();

    /** Processes number their calls from 1; this is added, so that those of a later one come after. */
    private long epoch;

    private long last;

    private DiskImage(Path root, Names rule) {
        this.root = root;
        this.rule = rule;
    }

    /** Takes what is there for durable. */
    static DiskImage of(Path directory, Names rule) throws IOException {
        DiskImage image = new DiskImage(directory.toAbsolutePath().normalize(), rule);
        if (Files.isDirectory(directory)) {
            image.scan(image.root, image.top);
        }
        return image;
    }

    private void scan(Path path, Node node) throws IOException {
        inodes.put((Long) Files.getAttribute(path, "unix:ino"), node);
        if (node.file != null) {
            return;
        }
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.toList()) {
                Node found = new Node(Files.isDirectory(child) ? null : new DiskFile(Files.readAllBytes(child)));
                node.live.put(child.getFileName().toString(), found);
                node.durable.put(child.getFileName().toString(), found);
                scan(child, found);
            }
        }
    }

    /** Follows what was done, in the order in which it was. */
    void replay(Path journal) throws IOException {
        DiskJournal.read(journal, this::follow);
    }

    private void follow(Entry entry) {
        long sequence = epoch + entry.sequence();
        switch (entry.type()) {
            case START -> epoch = last + 1;
            case CREATE -> add(sequence, entry, new DiskFile(new byte[0]));
            case MKDIR -> add(sequence, entry, null);
            case DATA ->
                file(entry).write(sequence, entry.offset(), entry.data().array());
            case SIZE -> file(entry).resize(sequence, entry.offset());
            case RENAME -> rename(sequence, entry);
            case REMOVE -> remove(sequence, entry);
            case SYNCED -> synced(sequence, node(entry));
            case SYNC_FAILED -> {
                DiskFile file = node(entry).file;
                if (file != null) {
                    file.syncFailed(sequence);
                }
            }
        }
        last = Math.max(last, sequence);
    }

    private Node node(Entry entry) {
        Node node = inodes.get(entry.inode());
        if (node == null) {
            throw new IllegalStateException("the journal does not tell where file " + entry.inode() + " came from");
        }
        return node;
    }

    private DiskFile file(Entry entry) {
        DiskFile file = node(entry).file;
        if (file == null) {
            throw new IllegalStateException("a directory was written to");
        }
        return file;
    }

    private void add(long sequence, Entry entry, @Nullable DiskFile file) {
        Path path = Path.of(entry.first());
        if (path.equals(root)) {
            inodes.put(entry.inode(), top);
            return;
        }
        Node node = new Node(file);
        inodes.put(entry.inode(), node);
        change(new Change(sequence, null, "", directory(path), name(path), node));
    }

    private void rename(long sequence, Entry entry) {
        Path from = Path.of(entry.first());
        Path to = Path.of(entry.second());
        Node node = child(from);
        if (node != null) {
            change(new Change(sequence, directory(from), name(from), directory(to), name(to), node));
        }
    }

    private void remove(long sequence, Entry entry) {
        Path path = Path.of(entry.first());
        Node node = child(path);
        if (node != null) {
            change(new Change(sequence, directory(path), name(path), null, "", node));
        }
    }

    private void change(Change change) {
        change.apply(false);
        pending.add(change);
    }

    private @Nullable Node child(Path path) {
        return directory(path).live.get(name(path));
    }

    private Node directory(Path path) {
        Node node = top;
        for (Path step : root.relativize(path.getParent())) {
            node = step.toString().isEmpty() ? node : node.live.getOrDefault(step.toString(), new Node(null));
        }
        return node;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private void synced(long upTo, Node node) {
        if (node.file != null) {
            node.file.sync(upTo);
        }
        pending.removeIf(change -> {
            boolean now = change.sequence <= upTo && (rule == Names.JOURNALLED || change.concerns(node));
            if (now) {
                change.apply(true);
            }
            return now;
        });
    }

    /** Leaves in the directory what a loss of power would have. The process must have ended. */
    Loss losePower(boolean someSurvives, RandomGenerator random) throws IOException {
        int kept = someSurvives && !pending.isEmpty() ? random.nextInt(pending.size() + 1) : 0;
        pending.subList(0, kept).forEach(change -> change.apply(true));
        int names = pending.size() - kept;
        pending.clear();
        long bytes = 0;
        for (Node node : inodes.values()) {
            bytes += node.file == null ? 0 : node.file.lose(someSurvives, random);
        }
        clear(root);
        write(root, top);
        return new Loss(bytes, names);
    }

    private static void clear(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(directory)) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void write(Path path, Node node) throws IOException {
        if (node.file != null) {
            Files.write(path, node.file.content());
            return;
        }
        Files.createDirectories(path);
        for (Map.Entry<String, Node> each : node.durable.entrySet()) {
            write(path.resolve(each.getKey()), each.getValue());
        }
    }

    /** What is in the directory now, by the journal: to be compared with what is there. */
    Map<Path, byte[]> live() {
        Map<Path, byte[]> files = new TreeMap<>();
        collect(root, top, files);
        return files;
    }

    private static void collect(Path path, Node node, Map<Path, byte[]> files) {
        if (node.file != null) {
            files.put(path, node.file.live());
        }
        node.live.forEach((name, child) -> collect(path.resolve(name), child, files));
    }
}
