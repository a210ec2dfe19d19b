package dev.coord.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How a peer's process is launched: what faults may add to. Not safe for use by several threads. */
public final class Launch {
    private final List<String> prefix = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> jvmArguments = new ArrayList<>();
    private final Map<String, String> properties = new TreeMap<>();

    /** Creates a plain launch. */
    public Launch() {}

    /**
     * Returns what stands before {@code java} on the command line, such as {@code setpriv --regid 9001 --clear-groups}. It must
     * end by replacing itself with the JVM, so that the process that was started is the peer.
     *
     * @return the words, to add to
     */
    public List<String> prefix() {
        return prefix;
    }

    /**
     * Returns the variables that are set besides those of this process, such as {@code LD_PRELOAD}.
     *
     * @return the variables, to add to
     */
    public Map<String, String> environment() {
        return environment;
    }

    /**
     * Adds a library to {@code LD_PRELOAD}, behind those that are there.
     *
     * @param library its file
     */
    public void preload(String library) {
        environment.merge("LD_PRELOAD", library, (before, added) -> before + ":" + added);
    }

    /**
     * Returns arguments of the JVM, such as {@code -javaagent:…}.
     *
     * @return the arguments, to add to
     */
    public List<String> jvmArguments() {
        return jvmArguments;
    }

    /**
     * Returns the settings of the peer by the names of its properties file, such as {@code coord.data-directory}: a fault of
     * disks moves it to a disk of its own.
     *
     * @return the settings, to add to and to change
     */
    public Map<String, String> properties() {
        return properties;
    }
}
