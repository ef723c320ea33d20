package io.github.pageferry.it.yaml;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A value in a YAML document, with the line (from 1) that it begins on. */
public sealed interface YamlNode {

  int line();

  /** What it is, for messages: {@code a list}. */
  String kind();

  /** How YAML types a scalar that carries no tag. */
  enum ScalarType {
    TEXT("a text"),
    INTEGER("an integer"),
    FLOAT("a number with a fraction"),
    BOOLEAN("true or false"),
    NULL("null");

    private final String kind;

    ScalarType(String kind) {
      this.kind = kind;
    }
  }

  /**
   * A scalar.
   *
   * @param text as it is written, without quotes and escapes
   */
  record Scalar(int line, ScalarType type, String text) implements YamlNode {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");

    @Override
    public String kind() {
      return type.kind;
    }

    /** The number that an integer of YAML 1.2's core schema stands for; empty for other scalars and beyond 64 bits. */
    public OptionalLong integer() {
      try {
        if (type == ScalarType.INTEGER && DECIMAL.matcher(text).matches()) {
          return OptionalLong.of(Long.parseLong(text));
        }
        if (type == ScalarType.INTEGER && HEXADECIMAL.matcher(text).matches()) {
          return OptionalLong.of(Long.parseLong(text.substring(2), 16));
        }
        // To the parser, which knows YAML 1.1, this is a text.
        if (type == ScalarType.TEXT && OCTAL.matcher(text).matches()) {
          return OptionalLong.of(Long.parseLong(text.substring(2), 8));
        }
      } catch (NumberFormatException e) {
        // Beyond 64 bits.
      }
      return OptionalLong.empty();
    }
  }

  /** A list. */
  record Sequence(int line, List<YamlNode> items) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A mapping; its keys are unique and in the order of the file. */
  record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {
    @Override
    public String kind() {
      return "a mapping";
    }
  }
}
