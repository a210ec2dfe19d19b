package dev.coord.recipes.mirror;

/** Why a listener is told the whole state again, instead of each change. */
public enum ResyncCause {
    /** The mirror lagged so far behind the store that the history in between was compacted. */
    COMPACTED,
    /** The listener lagged so far behind the mirror that its backlog was full. */
    SLOW_LISTENER
}
