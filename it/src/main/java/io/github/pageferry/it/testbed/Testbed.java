package io.github.pageferry.it.testbed;

import io.github.pageferry.it.workload.Workload;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A place where workloads run step by step: the host's kernel or a simulated machine. */
public interface Testbed extends AutoCloseable {

  /** What stands as {@code kernel} in its traces. */
  String kernel();

  /** The machine in a few words for people: what answers, and which nodes with memory it has. */
  default String description() {
    return kernel();
  }

  /**
   * More of the machine, for people who read a report elsewhere: what each fact is about, and the fact. Nothing that tells
   * one machine of a kind from another, as a host's name does.
   */
  default Map<String, String> facts() {
    return Map.of();
  }

  /** How many nodes with memory the machine has, numbered from 0 on without a gap; empty where that is not known. */
  default OptionalInt nodes() {
    return OptionalInt.empty();
  }

  /**
   * Why this workload cannot run here, naming what is missing (fewer nodes than it needs, no root, a step that is not
   * modelled), or empty where it can.
   */
  Optional<String> lacks(Workload workload);

  /** A fresh process, without regions or children, for one run of this workload. */
  Session open(Workload workload);

  /** Undoes whatever it changed on the machine. */
  @Override
  void close();
}
