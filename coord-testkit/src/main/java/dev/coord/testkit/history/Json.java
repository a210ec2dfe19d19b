package dev.coord.testkit.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of JSON (RFC 8259) that histories are made of: objects, arrays, strings, integers of 64 bits, booleans, null.
 * Reading is strict: anything else is refused.
 */
final class Json {
    private static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    // ---- writing

    static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder(256);
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(separator);
                quote(String.valueOf(member.getKey()), out);
                out.append(':');
                write(member.getValue(), out);
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> items) {
            String separator = "[";
            for (Object item : items) {
                out.append(separator);
                write(item, out);
                separator = ",";
            }
            out.append(separator.equals("[") ? "[]" : "]");
        } else if (value == null || value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else {
            quote(value.toString(), out);
        }
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    // ---- reading

    /** Reads an object, or throws {@link IllegalArgumentException}. */
    static Map<String, @Nullable Object> readObject(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.space();
        if (json.at != text.length()) {
            throw json.refuse("something after the end");
        }
        return object(value);
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IllegalArgumentException("no object: " + value);
    }

    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw new IllegalArgumentException("no array: " + value);
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw refuse("nested too deep");
        }
        space();
        char c = peek();
        if (c == '{') {
            return members(depth);
        }
        if (c == '[') {
            return items(depth);
        }
        if (c == '"') {
            return string();
        }
        if (c == '-' || (c >= '0' && c <= '9')) {
            return number();
        }
        return word();
    }

    private Map<String, @Nullable Object> members(int depth) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        at++;
        space();
        if (peek() == '}') {
            at++;
            return members;
        }
        do {
            space();
            String name = string();
            space();
            expect(':');
            if (members.containsKey(name)) {
                throw refuse("the name " + name + " twice");
            }
            members.put(name, value(depth + 1));
        } while (more('}'));
        return members;
    }

    private List<@Nullable Object> items(int depth) {
        List<@Nullable Object> items = new ArrayList<>();
        at++;
        space();
        if (peek() == ']') {
            at++;
            return items;
        }
        do {
            items.add(value(depth + 1));
        } while (more(']'));
        return items;
    }

    private boolean more(char end) {
        space();
        char c = peek();
        if (c != end) {
            expect(',');
            return true;
        }
        at++;
        return false;
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        for (char c = take(); c != '"'; c = take()) {
            if (c < ' ') {
                throw refuse("a control character in a string");
            }
            value.append(c == '\\' ? escaped() : c);
        }
        return value.toString();
    }

    private char escaped() {
        char c = take();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(take(), 16);
                    if (digit < 0) {
                        throw refuse("a broken escape");
                    }
                    unit = 16 * unit + digit;
                }
                yield (char) unit;
            }
            default -> throw refuse("an unknown escape");
        };
    }

    private Long number() {
        int start = at;
        at++;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        String digits = text.substring(start, at);
        if (!digits.matches("0|-?[1-9][0-9]*")) {
            throw refuse("a broken number");
        }
        return Long.valueOf(digits);
    }

    private @Nullable Object word() {
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("null") ? null : (Object) word.equals("true");
            }
        }
        throw refuse("no value");
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void expect(char wanted) {
        if (take() != wanted) {
            at--;
            throw refuse("no " + wanted);
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw refuse("the end too soon");
        }
        return text.charAt(at);
    }

    private char take() {
        char c = peek();
        at++;
        return c;
    }

    private IllegalArgumentException refuse(String what) {
        return new IllegalArgumentException("not JSON at character " + (at + 1) + ": " + what);
    }
}
