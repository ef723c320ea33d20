package io.github.pageferry;

/** The system calls of Linux's NUMA interface, each of which a host may or may not let a process make. */
public enum SystemCall {
  MOVE_PAGES("move_pages"),
  MIGRATE_PAGES("migrate_pages"),
  MBIND("mbind"),
  SET_MEMPOLICY("set_mempolicy"),
  GET_MEMPOLICY("get_mempolicy"),
  SET_MEMPOLICY_HOME_NODE("set_mempolicy_home_node"),
  GETCPU("getcpu");

  private final String kernelName;

  SystemCall(String kernelName) {
    this.kernelName = kernelName;
  }

  /** The name in section 2 of the manual, for example {@code move_pages}. */
  public String kernelName() {
    return kernelName;
  }
}
