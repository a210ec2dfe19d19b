package dev.coord.recipes.swim;

/**
 * What a member has done and seen since it started. Immutable.
 *
 * @param sent datagrams sent
 * @param unsendable those that were not, as the address cannot be read here
 * @param received datagrams that were taken
 * @param rejected datagrams that were not: not sealed with the key of the group, for another group, or changed on the way
 * @param malformed datagrams that were sealed but could not be read: of another version, or by a bug
 * @param misdirected datagrams for another process, such as the one that this was before it started again: late or copied ones
 * @param replayed datagrams that came a second time, or more than a thousand of their sender's messages late
 * @param probes members probed
 * @param failedProbes those that did not answer in time, neither directly nor through others
 * @param suspicions how often a member became suspect
 * @param cleared how many of these were refuted: each a mistake that did no harm
 * @param failures how often a member was taken for dead
 * @param returned how many of these came back as the process they had been: each a mistake, or a partition
 * @param refutations how often this member had to say that it is alive
 * @param pauses how often this process was found to have been stopped
 * @param nameConflicts how often another process claimed the own name after this one had taken it over: if it grows, two
 *     processes use one name
 */
public record SwimStats(
        long sent,
        long unsendable,
        long received,
        long rejected,
        long malformed,
        long misdirected,
        long replayed,
        long probes,
        long failedProbes,
        long suspicions,
        long cleared,
        long failures,
        long returned,
        long refutations,
        long pauses,
        long nameConflicts) {}
