package io.github.pageferry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** One call of a {@link MemoryMigrator}. */
@Name("io.github.pageferry.MemoryCall")
@Label("NUMA Memory Call")
@Category({"Pageferry", "Calls"})
@Description("A system call of Linux's NUMA interface, made of the kernel or of a model of it")
@StackTrace(false)
final class MemoryCallEvent extends Event {

  @Label("Call")
  @Nullable String call;

  @Label("Process")
  @Description("The pid whose memory it is about; 0 is the caller's own")
  int pid;

  @Label("Address")
  @Description("The first address where the call takes a range or one address")
  long address;

  @Label("Length")
  @DataAmount
  long length;

  @Label("Pages")
  @Description("The entries of the call's array where it takes one")
  int pages;

  @Label("Argument")
  @Description("Flags, policy or nodes")
  @Nullable String argument;

  @Label("Returned")
  long returned;

  @Label("Error")
  @Description("The errno of a call that failed, or the exception")
  @Nullable String error;
}
