package io.github.pageferry.it.lab;

import java.nio.file.Path;
import java.util.List;

/**
 * A kernel that is here.
 *
 * @param release as {@code uname -r} says it
 * @param image what boots
 * @param modules files of modules for the guest, in the order in which they have to be loaded
 */
record Kernel(String release, Path image, List<Path> modules) {}
