package dev.coord.examples.threephase;

/** What befalls a message at a process, just before the process goes on. */
enum Event {
    /** It will be sent now. */
    SENDING,
    /** It has been handed to the network. */
    SENT,
    /** Its answer has come, and the sender has not looked at it yet. */
    ANSWERED,
    /** It has arrived, and was not looked at yet. */
    ARRIVED,
    /** It was handled, and the answer has not been sent yet. */
    HANDLED
}
