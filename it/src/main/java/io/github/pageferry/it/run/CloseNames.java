package io.github.pageferry.it.run;

import java.util.Comparator;
import java.util.List;

/** Finds what somebody may have meant who wrote a name that there is not. */
final class CloseNames {

  private static final int MOST = 3;

  private CloseNames() {}

  /** The names that are closest to a text, the closest first; none where none is close. */
  static List<String> of(String text, List<String> names) {
    int far = Math.max(2, text.length() / 3);
    return names.stream()
        .filter(name -> distance(text, name) <= far || text.length() > 2 && name.contains(text))
        .sorted(Comparator.comparingInt((String name) -> distance(text, name)).thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  /** How many characters have to be put in, left out or changed to make one of the other (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
