package io.github.pageferry.sim;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@link MachineSpec} from words; {@link MachineSpec#parse} says which. */
final class MachineText {

  private static final String WANTED = "a machine is, for example, \"nodes:4 memory:16GiB cpus:2\" or hwloc's"
      + " \"node:2 core:2 pu:1\"";

  /** A type or key, a count or size after a colon, and hwloc's attributes in parentheses; brackets around some of hwloc's. */
  private static final Pattern WORD = Pattern.compile("(\\[?)([A-Za-z0-9]+)(?::([^\\s(\\]]*))?(?:\\(([^)]*)\\))?(]?)\\s*");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|[kmgt](?:i?b)?)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern LEVEL =
      Pattern.compile("machine|pack(age)?|sock(et)?|die|group|l[1-5]([uid]|u?cache)?|core|pu");
  private static final Pattern OWN = Pattern.compile("nodes|memory|cpus");
  private static final Pattern NODE = Pattern.compile("node|numa(node)?");

  private final String text;
  private long nodes;
  private long memory;
  private long nodeBytes;
  private long cpus = 1;
  /** Objects above and below the level of nodes, while hwloc's levels are read. */
  private long above = 1;
  private long below = 1;
  private boolean hasLevels;
  /** Whether hwloc's lowest level has been read. */
  private boolean hasPus;

  private MachineText(String text) {
    this.text = text.strip();
  }

  static MachineSpec parse(String text) {
    return new MachineText(text).parse();
  }

  private MachineSpec parse() {
    Matcher words = WORD.matcher(text);
    int at = 0;
    while (at < text.length()) {
      words.region(at, text.length());
      if (!words.lookingAt() || words.group(1).isEmpty() != words.group(5).isEmpty()) {
        throw bad(text.substring(at), "describes no machine; " + WANTED);
      }
      word(words.group().strip(), words);
      at = words.end();
    }
    if (nodes == 0) {
      nodes = hasLevels ? 1 : MachineSpec.DEFAULT.nodes();
      below = hasLevels ? limited(above * below) : below;
    }
    if (memory != 0 && nodeBytes != 0) {
      throw bad(text, "says twice how much memory there is");
    }
    long each = memory != 0 ? memory / nodes : nodeBytes != 0 ? nodeBytes : MachineSpec.DEFAULT.bytesPerNode();
    return new MachineSpec((int) nodes, each & -MachineSpec.PAGE_BYTES, (int) limited(cpus * below));
  }

  private void word(String word, Matcher parts) {
    String key = parts.group(2).toLowerCase(Locale.ROOT);
    String value = parts.group(3);
    String attributes = parts.group(4);
    if (!parts.group(1).isEmpty()) {
      if (!NODE.matcher(key).matches() || value != null) {
        throw bad(word, "only nodes stand in brackets, and without a count, as in [numa(memory=8GiB)]");
      }
      node(word, 1, attributes);
      return;
    }
    if (attributes != null && OWN.matcher(key).matches()) {
      throw bad(word, "parentheses are for hwloc's levels");
    }
    switch (key) {
      case "nodes" -> setNodes(word, count(word, value));
      case "memory" -> memory = size(word, value);
      case "cpus" -> cpus = count(word, value);
      default -> level(word, key, value, attributes);
    }
  }

  private void level(String word, String key, @Nullable String value, @Nullable String attributes) {
    if (NODE.matcher(key).matches()) {
      node(word, count(word, value), attributes);
    } else if (LEVEL.matcher(key).matches()) {
      beginLevel(word);
      hasPus = key.equals("pu");
      if (nodes == 0) {
        above = limited(above * count(word, value));
      } else {
        below = limited(below * count(word, value));
      }
    } else {
      throw bad(word, "describes no machine; " + WANTED);
    }
  }

  private void beginLevel(String word) {
    if (hasPus) {
      throw bad(word, "nothing stands below a pu, as in \"node:2 core:2 pu:1\"");
    }
    hasLevels = true;
  }

  private void node(String word, long count, @Nullable String attributes) {
    beginLevel(word);
    setNodes(word, limited(above * count));
    for (String attribute : attributes == null || attributes.isBlank() ? new String[0] : attributes.strip().split("\\s+")) {
      if (!attribute.toLowerCase(Locale.ROOT).startsWith("memory=")) {
        throw bad(word, "the simulator knows one attribute of a node, memory=SIZE, and not " + attribute);
      }
      nodeBytes = size(word, attribute.substring("memory=".length()));
    }
  }

  private void setNodes(String word, long count) {
    if (nodes != 0) {
      throw bad(word, "says a second time how many nodes there are");
    }
    nodes = count;
  }

  /** Keeps products from overflowing; whatever is this large is refused as a machine. */
  private static long limited(long count) {
    return Math.min(count, 1 << 20);
  }

  private static long count(String word, @Nullable String value) {
    if (value == null || !value.matches("0*[1-9]\\d{0,5}")) {
      throw bad(word, "a count from 1 up must follow a colon");
    }
    return Long.parseLong(value);
  }

  private static long size(String word, @Nullable String value) {
    Matcher matcher = SIZE.matcher(value == null ? "" : value);
    if (!matcher.matches()) {
      throw bad(word, "a size such as 512MiB or 16GiB must follow");
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
    long bytes = Long.parseLong(matcher.group(1));
    int shift = 10 * "BKMGT".indexOf(unit.charAt(0));
    if (bytes == 0 || bytes > MachineSpec.MAX_BYTES >> shift) {
      throw bad(word, "a simulated machine has from 1 MiB up to " + (MachineSpec.MAX_BYTES >> 40) + " TiB");
    }
    return bytes << shift;
  }

  private static IllegalArgumentException bad(String word, String what) {
    return new IllegalArgumentException("\"" + word + "\": " + what);
  }
}
