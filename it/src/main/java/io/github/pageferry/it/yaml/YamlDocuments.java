package io.github.pageferry.it.yaml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.github.pageferry.it.yaml.YamlNode.Mapping;
import io.github.pageferry.it.yaml.YamlNode.Scalar;
import io.github.pageferry.it.yaml.YamlNode.ScalarType;
import io.github.pageferry.it.yaml.YamlNode.Sequence;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * The documents of a YAML stream, one by one. JSON is YAML. Empty documents are passed over.
 *
 * <p>What is not YAML ends the reading with a {@link BadInputException} that holds the problems found before it, too; a key
 * that stands twice is noted among them.
 */
public final class YamlDocuments implements AutoCloseable {

  private static final YAMLFactory FACTORY = factory();

  private final Problems problems;
  private final YAMLParser parser;
  private final Map<String, YamlNode> anchors = new HashMap<>();

  /**
   * @param in UTF-8, with or without a byte order mark; closed with this
   * @param problems where duplicate keys are noted
   */
  public YamlDocuments(InputStream in, Problems problems) {
    this.problems = problems;
    try {
      BufferedReader reader =
          new BufferedReader(new TextReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())), 1 << 16);
      reader.mark(1);
      if (reader.read() != '\ufeff') {
        reader.reset();
      }
      parser = FACTORY.createParser(reader);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Opens a file.
   *
   * @throws BadInputException where that is not possible, with the reason
   */
  public static InputStream open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new BadInputException(file.toString(), "is a folder, not a file");
      }
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new BadInputException(file.toString(), "there is no such file");
    } catch (AccessDeniedException e) {
      throw new BadInputException(file.toString(), "may not be read by this user");
    } catch (IOException e) {
      throw new BadInputException(file.toString(), "cannot be read: " + e);
    }
  }

  private static YAMLFactory factory() {
    LoaderOptions options = new LoaderOptions();
    // The limit is there for untrusted servers' input; streams of traces are longer than its 3 MiB.
    options.setCodePointLimit(Integer.MAX_VALUE);
    return YAMLFactory.builder()
        .loaderOptions(options)
        // As YAML 1.2 has it: yes, no, on and off are texts, and nothing is null.
        .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
        .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
        .build();
  }

  /** The next document, or null after the last. */
  public @Nullable YamlNode next() {
    anchors.clear();
    try {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        YamlNode document = node(token);
        if (!(document instanceof Scalar scalar && scalar.type() == ScalarType.NULL)) {
          return document;
        }
      }
      return null;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private YamlNode node(JsonToken token) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    if (token == JsonToken.VALUE_STRING && parser.isCurrentAlias()) {
      YamlNode target = anchors.get(parser.getText());
      if (target != null) {
        return target;
      }
      problems.add(line, "", "*" + parser.getText() + " names no anchor before it");
      return new Scalar(line, ScalarType.NULL, "");
    }
    Object anchor = parser.getObjectId();
    YamlNode node = switch (token) {
      case START_OBJECT -> mapping(line);
      case START_ARRAY -> sequence(line);
      case VALUE_NUMBER_INT -> new Scalar(line, ScalarType.INTEGER, parser.getText());
      case VALUE_NUMBER_FLOAT -> new Scalar(line, ScalarType.FLOAT, parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> new Scalar(line, ScalarType.BOOLEAN, parser.getText());
      case VALUE_NULL -> new Scalar(line, ScalarType.NULL, "null");
      default -> new Scalar(line, ScalarType.TEXT, parser.getText());
    };
    if (anchor != null) {
      anchors.put(anchor.toString(), node);
    }
    return node;
  }

  private Mapping mapping(int line) throws IOException {
    Map<String, YamlNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      int keyLine = parser.currentTokenLocation().getLineNr();
      if (entries.putIfAbsent(key, node(parser.nextToken())) != null) {
        problems.add(keyLine, key, "stands twice in one mapping");
      }
    }
    return new Mapping(line, entries);
  }

  private Sequence sequence(int line) throws IOException {
    List<YamlNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      items.add(node(token));
    }
    return new Sequence(line, items);
  }

  private BadInputException failed(IOException e) {
    List<Problem> all = new ArrayList<>();
    try {
      problems.throwIfAny();
    } catch (BadInputException before) {
      all.addAll(before.problems());
    }
    all.add(problem(e));
    return new BadInputException(all);
  }

  private Problem problem(IOException e) {
    if (e instanceof CharacterCodingException) {
      return new Problem(problems.file(), 0, "", "is not a text in UTF-8");
    }
    if (e instanceof TextReader.ControlCharacterException control) {
      return new Problem(problems.file(), control.line(), "", control.getMessage());
    }
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return new Problem(problems.file(), marked.getProblemMark().getLine() + 1, "", "not YAML: " + marked.getProblem());
    }
    if (e instanceof JsonProcessingException yaml) {
      int line = yaml.getLocation() == null ? 0 : yaml.getLocation().getLineNr();
      return new Problem(problems.file(), Math.max(0, line), "", "not YAML: " + yaml.getOriginalMessage());
    }
    return new Problem(problems.file(), 0, "", "cannot be read: " + e);
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
