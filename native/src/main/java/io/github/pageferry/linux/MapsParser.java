package io.github.pageferry.linux;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the maps of a process. A line that is none is left out: the kernel may end the file in the middle of one. */
final class MapsParser {

  private static final Pattern MAPS_LINE = Pattern.compile(
      "([0-9a-f]{1,16})-([0-9a-f]{1,16}) (\\S{4}) ([0-9a-f]{1,16}) (\\S+) (\\d{1,19})(?: +(.*))?");

  /** Two of the policies' names in {@code mm/mempolicy.c} have a blank in them. */
  private static final Pattern NUMA_MAPS_LINE =
      Pattern.compile("([0-9a-f]{1,16}) ((?:prefer \\(many\\)|weighted interleave|[^ ]+?)(?:[=:][^ ]*)?)( .*)?");

  private static final Pattern NODE = Pattern.compile("N(\\d{1,5})");

  private MapsParser() {}

  static List<Mapping> maps(String text) {
    List<Mapping> mappings = new ArrayList<>();
    text.lines().map(MAPS_LINE::matcher).filter(Matcher::matches).forEach(line -> {
      Optional<Long> inode = KernelText.number(line.group(6));
      String name = line.group(7) == null ? "" : line.group(7);
      inode.ifPresent(number -> mappings.add(new Mapping(address(line.group(1)), address(line.group(2)),
          line.group(3), address(line.group(4)), line.group(5), number, name)));
    });
    return mappings;
  }

  static List<NumaMapping> numaMaps(String text) {
    List<NumaMapping> mappings = new ArrayList<>();
    text.lines().map(NUMA_MAPS_LINE::matcher).filter(Matcher::matches).forEach(line -> mappings.add(
        numaMapping(address(line.group(1)), line.group(2), line.group(3) == null ? "" : line.group(3).strip())));
    return mappings;
  }

  private static NumaMapping numaMapping(long start, String policy, String words) {
    SortedMap<Integer, Long> pagesByNode = new TreeMap<>();
    Map<String, Long> counts = new HashMap<>();
    Set<String> marks = new HashSet<>();
    Optional<String> file = Optional.empty();
    long pageBytes = 0;
    for (String word : words.isEmpty() ? new String[0] : words.split(" +")) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      String value = equals < 0 ? "" : word.substring(equals + 1);
      Matcher node = NODE.matcher(key);
      Optional<Long> count = KernelText.number(value);
      if (equals < 0) {
        marks.add(word);
      } else if (key.equals("file")) {
        file = Optional.of(KernelText.unescape(value));
      } else if (key.equals("kernelpagesize_kB")) {
        pageBytes = count.orElse(0L) * 1024;
      } else if (count.isPresent() && node.matches()) {
        pagesByNode.put(Integer.parseInt(node.group(1)), count.get());
      } else if (count.isPresent()) {
        counts.put(key, count.get());
      }
    }
    return new NumaMapping(start, policy, pagesByNode, pageBytes, file, counts, marks);
  }

  private static long address(String hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal, 16);
  }
}
