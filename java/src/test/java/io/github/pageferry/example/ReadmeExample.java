package io.github.pageferry.example;

import io.github.pageferry.BufferPinner;
import io.github.pageferry.MemoryMigrator;
import io.github.pageferry.MemoryMigrators;
import io.github.pageferry.MoveReport;
import java.nio.ByteBuffer;

public final class ReadmeExample {

  private ReadmeExample() {}

  // The README quotes from here
  public static void main(String[] args) {
    try (MemoryMigrator migrator = MemoryMigrators.open()) {
      ByteBuffer ring = ByteBuffer.allocateDirect(64 << 20);
      int here = migrator.currentNode().node();

      BufferPinner pinner = BufferPinner.on(migrator);
      MoveReport report = pinner.pin(ring, here);
      System.out.println(report.summary());
      if (!report.complete()) {
        System.out.println("not on node " + here + ": " + report.stayed());
      }
      System.out.println(pinner.locate(ring).summary());
    }
  }
  // to here.
}
