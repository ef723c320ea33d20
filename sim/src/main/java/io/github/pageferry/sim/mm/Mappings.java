package io.github.pageferry.sim.mm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code page->mapping} points to: the machine's anon_vmas and address spaces by their numbers. */
public final class Mappings {

  /** By id; an array, since every page that is unmapped or mapped asks. */
  private @Nullable AnonVma[] anonVmas = new AnonVma[16];
  /** One more than the highest id that was ever given. */
  private int ids = 1;
  private final List<Integer> freeAnonVmas = new ArrayList<>();
  private final List<@Nullable AddressSpace> spaces = new ArrayList<>();
  private final List<Integer> freeSpaces = new ArrayList<>();

  public Mappings() {
    spaces.add(null);
  }

  /** {@code anon_vma_alloc()}. */
  public AnonVma allocAnonVma() {
    int id = freeAnonVmas.isEmpty() ? ids++ : freeAnonVmas.remove(freeAnonVmas.size() - 1);
    if (id == anonVmas.length) {
      anonVmas = Arrays.copyOf(anonVmas, 2 * id);
    }
    AnonVma anonVma = new AnonVma(id);
    anonVmas[id] = anonVma;
    return anonVma;
  }

  /** {@code anon_vma_free()}. */
  public void freeAnonVma(AnonVma anonVma) {
    anonVmas[anonVma.id()] = null;
    freeAnonVmas.add(anonVma.id());
  }

  /** How many anon_vmas there are. */
  public int liveAnonVmas() {
    return ids - 1 - freeAnonVmas.size();
  }

  /** Makes the address space of an inode. */
  public AddressSpace allocSpace(Inode host, AddressSpaceOperations ops, boolean accountDirty) {
    int id = freeSpaces.isEmpty() ? spaces.size() : freeSpaces.remove(freeSpaces.size() - 1);
    AddressSpace space = new AddressSpace(id, host, ops, accountDirty);
    if (id == spaces.size()) {
      spaces.add(space);
    } else {
      spaces.set(id, space);
    }
    host.mapping(space);
    return space;
  }

  /** Forgets an address space that has no pages. */
  public void freeSpace(AddressSpace space) {
    KernelBug.on(space.nrpages != 0, "clear_inode() with {} pages", space.nrpages);
    spaces.set(space.id(), null);
    freeSpaces.add(space.id());
  }

  /** {@code page_anon_vma()} of this {@code page->mapping}; null where it is none. */
  public @Nullable AnonVma anonVma(int handle) {
    return (handle & PageFrames.MAPPING_FLAGS) == PageFrames.MAPPING_ANON ? anonVmas[handle >>> 2] : null;
  }

  /** The address space that this {@code page->mapping} means; null where it is none. */
  public @Nullable AddressSpace space(int handle) {
    return (handle & PageFrames.MAPPING_FLAGS) == 0 ? spaces.get(handle >>> 2) : null;
  }

  /** All address spaces. */
  public List<AddressSpace> spaces() {
    List<AddressSpace> all = new ArrayList<>();
    for (AddressSpace space : spaces) {
      if (space != null) {
        all.add(space);
      }
    }
    return all;
  }
}
