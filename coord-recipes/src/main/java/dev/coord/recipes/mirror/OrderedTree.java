package dev.coord.recipes.mirror;

import dev.coord.kv.Keys;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in key order, of which changed copies share all but the path to the change: a height-balanced tree
 * (Adelson-Velsky and Landis 1962). A look-up takes about log n steps, a change as many small objects.
 */
final class OrderedTree<T> {
    private final @Nullable Node<T> root;

    private OrderedTree(@Nullable Node<T> root) {
        this.root = root;
    }

    private record Node<T>(
            String key,
            T value,
            @Nullable Node<T> left,
            @Nullable Node<T> right,
            int height,
            int size) {}

    static <T> OrderedTree<T> empty() {
        return new OrderedTree<>(null);
    }

    /** Builds the tree of items that are in the order of their keys, in n steps. */
    static <T> OrderedTree<T> ofSorted(List<T> items, Function<T, String> key) {
        return new OrderedTree<>(build(items, key, 0, items.size()));
    }

    private static <T> @Nullable Node<T> build(List<T> items, Function<T, String> key, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        T item = items.get(middle);
        return node(key.apply(item), item, build(items, key, from, middle), build(items, key, middle + 1, to));
    }

    int size() {
        return size(root);
    }

    @Nullable
    T get(String key) {
        Node<T> node = root;
        while (node != null) {
            int order = Keys.compare(key, node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    OrderedTree<T> put(String key, T value) {
        return new OrderedTree<>(put(root, key, value));
    }

    OrderedTree<T> remove(String key) {
        return get(key) == null ? this : new OrderedTree<>(remove(root, key));
    }

    /** The values from a key on, in key order; from the first on, if the key is null. */
    Iterator<T> iterator(@Nullable String from) {
        return new InOrder<>(root, from);
    }

    /** A view as a map, in key order. */
    <V> Map<String, V> asMap(Function<T, V> part) {
        return new View<>(this, part);
    }

    // ---- nodes

    private static int height(@Nullable Node<?> node) {
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node<?> node) {
        return node == null ? 0 : node.size;
    }

    private static <T> Node<T> node(String key, T value, @Nullable Node<T> left, @Nullable Node<T> right) {
        int height = Math.max(height(left), height(right)) + 1;
        return new Node<>(key, value, left, right, height, size(left) + size(right) + 1);
    }

    private static <T> Node<T> put(@Nullable Node<T> node, String key, T value) {
        if (node == null) {
            return node(key, value, null, null);
        }
        int order = Keys.compare(key, node.key);
        if (order == 0) {
            return node(key, value, node.left, node.right);
        }
        return order < 0
                ? balanced(node, put(node.left, key, value), node.right)
                : balanced(node, node.left, put(node.right, key, value));
    }

    private static <T> @Nullable Node<T> remove(@Nullable Node<T> node, String key) {
        if (node == null) {
            return null;
        }
        int order = Keys.compare(key, node.key);
        if (order < 0) {
            return balanced(node, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<T> next = first(node.right);
        return balanced(next, node.left, remove(node.right, next.key));
    }

    private static <T> Node<T> first(Node<T> node) {
        Node<T> first = node;
        while (first.left != null) {
            first = first.left;
        }
        return first;
    }

    /** A node with new subtrees, whose heights differ by 2 at most; rotated so that they differ by 1. */
    private static <T> Node<T> balanced(Node<T> of, @Nullable Node<T> left, @Nullable Node<T> right) {
        if (left != null && left.height > height(right) + 1) {
            return liftLeft(of, left, right);
        }
        if (right != null && right.height > height(left) + 1) {
            return liftRight(of, left, right);
        }
        return node(of.key, of.value, left, right);
    }

    private static <T> Node<T> liftLeft(Node<T> of, Node<T> left, @Nullable Node<T> right) {
        Node<T> inner = left.right;
        if (inner == null || height(left.left) >= inner.height) {
            return node(left.key, left.value, left.left, node(of.key, of.value, inner, right));
        }
        return node(
                inner.key,
                inner.value,
                node(left.key, left.value, left.left, inner.left),
                node(of.key, of.value, inner.right, right));
    }

    private static <T> Node<T> liftRight(Node<T> of, @Nullable Node<T> left, Node<T> right) {
        Node<T> inner = right.left;
        if (inner == null || height(right.right) >= inner.height) {
            return node(right.key, right.value, node(of.key, of.value, left, inner), right.right);
        }
        return node(
                inner.key,
                inner.value,
                node(of.key, of.value, left, inner.left),
                node(right.key, right.value, inner.right, right.right));
    }

    /** Fails unless the tree is what it is to be; for tests. */
    void check() {
        check(root);
    }

    private static void check(@Nullable Node<?> node) {
        if (node == null) {
            return;
        }
        check(node.left);
        check(node.right);
        boolean whole = node.size == size(node.left) + size(node.right) + 1
                && node.height == Math.max(height(node.left), height(node.right)) + 1;
        if (!whole || Math.abs(height(node.left) - height(node.right)) > 1) {
            throw new IllegalStateException("unbalanced at " + node.key);
        }
    }

    private static final class InOrder<T> implements Iterator<T> {
        private final ArrayDeque<Node<T>> ahead = new ArrayDeque<>();

        InOrder(@Nullable Node<T> root, @Nullable String from) {
            Node<T> node = root;
            while (node != null) {
                if (from == null || Keys.compare(node.key, from) >= 0) {
                    ahead.push(node);
                    node = node.left;
                } else {
                    node = node.right;
                }
            }
        }

        @Override
        public boolean hasNext() {
            return !ahead.isEmpty();
        }

        @Override
        public T next() {
            if (ahead.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<T> next = ahead.pop();
            for (Node<T> node = next.right; node != null; node = node.left) {
                ahead.push(node);
            }
            return next.value;
        }
    }

    private static final class View<T, V> extends AbstractMap<String, V> {
        private final OrderedTree<T> tree;
        private final Function<T, V> part;

        View(OrderedTree<T> tree, Function<T, V> part) {
            this.tree = tree;
            this.part = part;
        }

        @Override
        public int size() {
            return tree.size();
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return key instanceof String name && tree.get(name) != null;
        }

        @Override
        public @Nullable V get(@Nullable Object key) {
            T found = key instanceof String name ? tree.get(name) : null;
            return found == null ? null : part.apply(found);
        }

        @Override
        public Set<Map.Entry<String, V>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public int size() {
                    return tree.size();
                }

                @Override
                public Iterator<Map.Entry<String, V>> iterator() {
                    return new Pairs();
                }
            };
        }

        private final class Pairs implements Iterator<Map.Entry<String, V>> {
            private final InOrder<T> nodes = new InOrder<>(tree.root, null);

            @Override
            public boolean hasNext() {
                return nodes.hasNext();
            }

            @Override
            public Map.Entry<String, V> next() {
                Node<T> node = nodes.ahead.peek();
                T value = nodes.next();
                if (node == null) {
                    throw new NoSuchElementException();
                }
                return Map.entry(node.key, part.apply(value));
            }
        }
    }
}
