package io.github.pageferry.it.yaml;

import io.github.pageferry.it.yaml.YamlNode.Mapping;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import io.github.pageferry.it.yaml.YamlNode.ScalarType;
import io.github.pageferry.it.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one mapping as the types they should have. What is wrong is noted among the problems, and a value of
 * the right type returned in its place, so that reading goes on.
 */
public final class Fields {

  private final Problems problems;
  private final String where;
  private final int line;
  private final Map<String, YamlNode> entries;
  private final boolean isMapping;

  /**
   * @param where what the mapping is, for messages: {@code step 3 (move)}; may be empty
   * @param node the mapping; YAML's null is as good as an empty one
   * @param known the fields that it may have
   */
  public Fields(Problems problems, String where, YamlNode node, Collection<String> known) {
    this.problems = problems;
    this.where = where;
    this.line = node.line();
    isMapping = node instanceof Mapping || node instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
    if (node instanceof Mapping mapping) {
      entries = mapping.entries();
      entries.forEach((key, value) -> {
        if (!known.contains(key)) {
          wrong(key, value.line(), "there is no such field here, only " + String.join(", ", known));
        }
      });
    } else {
      entries = Map.of();
      if (!isMapping) {
        wrong("", line, "should be a mapping, not " + node.kind());
      }
    }
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The line of a field, or of the mapping where it has no such field. */
  public int line(String key) {
    YamlNode node = entries.get(key);
    return node == null ? line : node.line();
  }

  /** Notes a problem of a field. */
  public void wrong(String key, String message) {
    wrong(key, line(key), message);
  }

  /** Notes a problem of a part of a field. */
  public void wrong(String key, int atLine, String message) {
    problems.add(atLine, Stream.of(where, key).filter(s -> !s.isEmpty()).collect(Collectors.joining(", ")), message);
  }

  /** The field as it stands, or null. */
  public @Nullable YamlNode node(String key) {
    return entries.get(key);
  }

  /** The field, which has to be there. */
  public @Nullable YamlNode required(String key) {
    YamlNode node = entries.get(key);
    if (node == null && isMapping) {
      wrong(key, "is missing");
    }
    return node;
  }

  /** A text; numbers and the like are taken as they are written. */
  public Optional<String> text(String key) {
    YamlNode node = entries.get(key);
    if (node instanceof Scalar scalar && scalar.type() != ScalarType.NULL) {
      return Optional.of(scalar.text());
    }
    if (node != null) {
      wrong(key, "should be a text, not " + node.kind());
    }
    return Optional.empty();
  }

  /** A text that has to be there and of a form, or empty after a problem. */
  public Optional<String> text(String key, Predicate<String> form, String rule) {
    if (required(key) == null) {
      return Optional.empty();
    }
    Optional<String> text = text(key);
    text.filter(form.negate()).ifPresent(t -> wrong(key, "'" + t + "' " + rule));
    return text.filter(form);
  }

  public boolean bool(String key) {
    YamlNode node = entries.get(key);
    if (node == null) {
      return false;
    }
    if (node instanceof Scalar scalar && scalar.type() == ScalarType.BOOLEAN) {
      return scalar.text().equalsIgnoreCase("true");
    }
    wrong(key, "should be true or false, not " + described(node));
    return false;
  }

  /** An integer in a range, ends included; empty where the field is not there or wrong. */
  public Optional<Integer> integer(String key, int min, int max) {
    YamlNode node = entries.get(key);
    return node == null ? Optional.empty() : integer(key, node, min, max);
  }

  private Optional<Integer> integer(String key, YamlNode node, int min, int max) {
    OptionalLong value = node instanceof Scalar scalar ? scalar.integer() : OptionalLong.empty();
    boolean tooLong = value.isEmpty() && node instanceof Scalar scalar && scalar.type() == ScalarType.INTEGER;
    if (value.isEmpty() && !tooLong) {
      wrong(key, node.line(), "should be an integer, not " + described(node));
    } else if (tooLong || value.getAsLong() < min || value.getAsLong() > max) {
      wrong(key, node.line(), ((Scalar) node).text() + " is not from " + min + " to " + max);
    } else {
      return Optional.of((int) value.getAsLong());
    }
    return Optional.empty();
  }

  /** A list of integers, each in a range; one that stands alone is a list of one. */
  public List<Integer> integers(String key, int min, int max) {
    List<Integer> values = new ArrayList<>();
    for (YamlNode item : items(key)) {
      values.add(integer(key, item, min, max).orElse(min));
    }
    return values;
  }

  /** One word of an enum, written in lower case. */
  public <E extends Enum<E>> E word(String key, Class<E> type, E byDefault) {
    YamlNode node = entries.get(key);
    return node == null ? byDefault : word(key, node, type).orElse(byDefault);
  }

  /** Words of an enum; one that stands alone is a list of one. A word that stands twice is noted. */
  public <E extends Enum<E>> Set<E> words(String key, Class<E> type) {
    Set<E> words = new LinkedHashSet<>();
    for (YamlNode item : items(key)) {
      word(key, item, type).ifPresent(word -> {
        if (!words.add(word)) {
          wrong(key, item.line(), "has " + written(word) + " twice");
        }
      });
    }
    return words;
  }

  private <E extends Enum<E>> Optional<E> word(String key, YamlNode node, Class<E> type) {
    Optional<E> word = node instanceof Scalar scalar
        ? EnumSet.allOf(type).stream().filter(e -> written(e).equals(scalar.text())).findFirst()
        : Optional.empty();
    if (word.isEmpty()) {
      wrong(key, node.line(), described(node) + " should be one of "
          + EnumSet.allOf(type).stream().map(Fields::written).collect(Collectors.joining(", ")));
    }
    return word;
  }

  /** An enum's constant as files have it. */
  public static String written(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  /** The items of a list, or the one value that stands alone; none where the field is not there. */
  public List<YamlNode> items(String key) {
    YamlNode node = entries.get(key);
    if (node == null) {
      return List.of();
    }
    return node instanceof Sequence sequence ? sequence.items() : List.of(node);
  }

  /** A value for messages: the text of a scalar, else its kind. */
  public static String described(YamlNode node) {
    return node instanceof Scalar scalar && scalar.type() != ScalarType.NULL ? "'" + scalar.text() + "'" : node.kind();
  }
}
