package io.github.pageferry.it.lab.guest;

import io.github.pageferry.it.host.HostTestbed;
import io.github.pageferry.it.lab.Frames;
import io.github.pageferry.it.lab.Frames.Frame;
import io.github.pageferry.it.testbed.Backend;
import io.github.pageferry.it.testbed.TestbedBackend;
import io.github.pageferry.it.trace.TraceWriter;
import io.github.pageferry.it.workload.WorkloadReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;

/** The guest's program: answers what comes over a serial line, one message after the other, until the line is cut. */
public final class GuestServer {

  private GuestServer() {}

  /** @param args the path of the serial line, which is in raw mode */
  public static void main(String[] args) throws IOException {
    try (InputStream in = new BufferedInputStream(new FileInputStream(args[0]));
        OutputStream out = new BufferedOutputStream(new FileOutputStream(args[0]));
        Backend kernel = new TestbedBackend("guest", HostTestbed.open(), () -> false)) {
      Frames.write(out, Frames.READY, kernel.description());
      while (true) {
        answer(kernel, Frames.readInParts(in, out), out);
      }
    }
  }

  private static void answer(Backend kernel, Frame question, OutputStream out) throws IOException {
    String answer;
    try {
      answer = answer(kernel, question);
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace, true));
      Frames.write(out, Frames.FAILED, trace.toString());
      return;
    }
    Frames.write(out, Frames.ANSWER, answer);
  }

  private static String answer(Backend kernel, Frame question) {
    return switch (question.word()) {
      case Frames.RUN -> TraceWriter.format(kernel.run(WorkloadReader.parse("workload", question.text()).get(0)));
      case Frames.FACTS -> GuestFacts.of(question.text());
      default -> throw new IllegalArgumentException("no such question: " + question.word());
    };
  }
}
