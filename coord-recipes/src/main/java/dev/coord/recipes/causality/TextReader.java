package dev.coord.recipes.causality;

/** Reads text forms: numbers, names and signs, with nothing in between. */
final class TextReader {
    private final Form form;
    private final String text;
    private int at;

    TextReader(Form form, String text) {
        this.form = form;
        this.text = text;
    }

    int at() {
        return at;
    }

    boolean skip(char sign) {
        boolean there = at < text.length() && text.charAt(at) == sign;
        if (there) {
            at++;
        }
        return there;
    }

    void expect(char sign) {
        if (!skip(sign)) {
            throw malformed(at, at < text.length() ? "not '" + sign + "'" : "it ends, where '" + sign + "' is missing");
        }
    }

    /** Reads a number of up to 63 bits without leading zeros. */
    long number() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (start == at) {
            throw malformed(at, "not a number");
        }
        if (text.charAt(start) == '0' && at > start + 1) {
            throw malformed(start, "a number with leading zeros");
        }
        try {
            return Long.parseLong(text, start, at, 10);
        } catch (NumberFormatException e) {
            throw malformed(start, "a number of more than 63 bits");
        }
    }

    String name() {
        int start = at;
        while (at < text.length() && Names.isPart(text.charAt(at))) {
            at++;
        }
        String name = text.substring(start, at);
        String objection = Names.objection(name);
        if (objection != null) {
            throw malformed(start, objection);
        }
        return name;
    }

    /** Makes sure that nothing follows. */
    void end() {
        if (at < text.length()) {
            throw malformed(at, (text.length() - at) + " characters too many");
        }
    }

    MalformedClockException malformed(int offset, String why) {
        return new MalformedClockException(form, "character", offset, text.length(), why);
    }
}
