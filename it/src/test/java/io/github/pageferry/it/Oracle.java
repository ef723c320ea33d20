package io.github.pageferry.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The recorded workloads and traces among the test resources. */
public final class Oracle {

  /** Kernels that answered the corpus. */
  public static final List<String> KERNELS = List.of("2.6.18", "2.6.36", "5.10", "6.1", "6.12", "6.18", "7.3");

  private Oracle() {}

  /** A file's text, unpacked where its name ends in {@code .gz}. */
  public static String text(String file) {
    try (InputStream in = Objects.requireNonNull(Oracle.class.getResourceAsStream("/oracle/" + file), file);
        InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in) : in) {
      return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
