package dev.coord.recipes.causality;

/**
 * Bytes or text that are not the form of any stamp of the kind that was asked for. Nothing was decoded. A stamp has exactly one
 * binary and one text form, so this is also thrown for a form that a stamp could have had but has not, such as entries out of
 * order.
 */
public final class MalformedClockException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedClockException(Form form, String unit, int offset, int length, String why) {
        super("malformed " + form.title() + " at " + unit + " " + offset + " of " + length + ": " + why);
        this.offset = offset;
    }

    /**
     * Returns where the form is broken.
     *
     * @return bytes (of a binary form) or characters (of a text) that precede what is wrong
     */
    public int offset() {
        return offset;
    }
}
