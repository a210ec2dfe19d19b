package dev.coord.recipes.commit.xa;

/** Where sessions come from that serve one call or one branch. */
interface SessionSource {

    XaSession open() throws Exception;

    /** Takes back a session that is associated with no branch. */
    void giveBack(XaSession session);

    /** A session has failed: whatever is kept for later may be broken as well. */
    void suspect();

    static void drop(XaSession session) {
        try {
            session.close();
        } catch (Exception e) {
            // It was of no use any more, and a broken one cannot be closed better.
        }
    }
}
