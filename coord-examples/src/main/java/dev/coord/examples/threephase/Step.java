package dev.coord.examples.threephase;

/** What the process in charge does next. */
enum Step {
    /** Tells all to abort. */
    ABORT,
    /** Tells all to commit. */
    COMMIT,
    /** Brings all it reaches to pre-committed, and only then tells them to commit: whoever succeeds it must find what it found. */
    PRE_COMMIT_THEN_COMMIT,
    /** Waits for somebody who knows more: it is blocked. */
    WAIT,
    /** Does nothing: some have committed and some have aborted. A person must see to that. */
    NOTHING_HELPS
}
