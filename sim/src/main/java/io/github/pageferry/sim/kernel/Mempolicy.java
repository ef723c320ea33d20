package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.Mm;
import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.PageTable;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import io.github.pageferry.sim.mm.Zone;
import org.jspecify.annotations.Nullable;

/**
 * {@code mm/mempolicy.c}, its policies: making, rebinding and comparing them, and allocating by them. The calls that move
 * pages by policy are {@link Mbind}.
 */
public class Mempolicy {

  /** What {@code mpol_new()} says where it makes no policy: an errno negated, or 0 for {@code MPOL_DEFAULT}. */
  record Made(@Nullable Policy policy, int error) {}

  /** {@code MPOL_F_NODE} of {@code get_mempolicy(2)}: a node instead of a policy. */
  public static final int F_NODE = 1;
  /** {@code MPOL_F_ADDR}: of an address, not of the task. */
  public static final int F_ADDR = 1 << 1;
  /** {@code MPOL_F_MEMS_ALLOWED}: the nodes that the task may use. */
  public static final int F_MEMS_ALLOWED = 1 << 2;

  protected final Kernel k;
  /** {@code default_policy}: local allocation. */
  protected final Policy defaultPolicy = new Policy(Policy.PREFERRED, Policy.F_LOCAL);
  /** Flags of VMAs whose pages cannot be moved. */
  private final long unmovable;

  protected Mempolicy(Kernel k) {
    this.k = k;
    unmovable = VmFlag.IO | VmFlag.PFNMAP | VmFlag.RESERVED | (k.profile.hugetlbMovable() ? 0 : VmFlag.HUGETLB);
  }

  /** {@code vma_migratable()} of linux/mempolicy.h. */
  public boolean vmaMigratable(Vma vma) {
    return !vma.has(unmovable);
  }

  /** {@code MPOL_MAX}. */
  protected int maxMode() {
    return k.profile.mpolMax();
  }

  private boolean isValidNodemask(NodeMask nodes) {
    for (int node = nodes.first(); node >= 0; node = nodes.next(node)) {
      Zone zone = k.nodes.findZone(node);
      if (zone != null && zone.presentPages() > 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean storesUserNodemask(Policy policy) {
    return policy.has(Policy.MODE_FLAGS);
  }

  private static NodeMask relativeNodemask(NodeMask original, NodeMask relative) {
    return original.fold(relative.weight()).onto(relative);
  }

  /** {@code mpol_ops[mode].create}: gives the policy its nodes; null nodes ask for local allocation. */
  protected int create(Policy policy, @Nullable NodeMask nodes) {
    switch (policy.mode) {
      case Policy.PREFERRED:
        if (nodes == null) {
          policy.flags |= Policy.F_LOCAL;
        } else if (nodes.isEmpty()) {
          return -Err.EINVAL;
        } else {
          policy.preferredNode = nodes.first();
        }
        return 0;
      case Policy.INTERLEAVE, Policy.WEIGHTED_INTERLEAVE, Policy.PREFERRED_MANY:
        if (nodes == null || nodes.isEmpty()) {
          return -Err.EINVAL;
        }
        policy.nodes = nodes;
        return 0;
      default:
        if (nodes == null || !isValidNodemask(nodes)) {
          return -Err.EINVAL;
        }
        policy.nodes = nodes;
        return 0;
    }
  }

  /** {@code mpol_set_nodemask()}: the nodes asked for, as far as the caller may use them. */
  int setNodemask(@Nullable Policy policy, NodeMask nodes) {
    if (policy == null) {
      return 0;
    }
    NodeMask allowed = k.current.memsAllowed.and(k.nodes.withMemory());
    if (policy.mode == Policy.PREFERRED && nodes.isEmpty()) {
      return create(policy, null);
    }
    NodeMask effective =
        policy.has(Policy.F_RELATIVE_NODES) ? relativeNodemask(nodes, allowed) : nodes.and(allowed);
    if (storesUserNodemask(policy)) {
      policy.userNodemask = nodes;
    } else {
      policy.cpusetMemsAllowed = k.current.memsAllowed;
    }
    return create(policy, effective);
  }

  /** {@code mpol_new()}: checks the arguments; the nodes come with {@link #setNodemask}. */
  Made mpolNew(int mode, int flags, NodeMask nodes) {
    if (mode == Policy.DEFAULT) {
      return new Made(null, nodes.isEmpty() ? 0 : -Err.EINVAL);
    }
    if (mode == Policy.LOCAL) {
      boolean valid = nodes.isEmpty() && (flags & Policy.MODE_FLAGS) == 0;
      return valid ? new Made(new Policy(Policy.PREFERRED, flags), 0) : new Made(null, -Err.EINVAL);
    }
    if (mode == Policy.PREFERRED) {
      if (nodes.isEmpty() && (flags & Policy.MODE_FLAGS) != 0) {
        return new Made(null, -Err.EINVAL);
      }
    } else if (nodes.isEmpty()) {
      return new Made(null, -Err.EINVAL);
    }
    return new Made(new Policy(mode, flags), 0);
  }

  /** {@code mpol_rebind_nodemask()}. */
  private void rebindNodemask(Policy policy, NodeMask nodes) {
    NodeMask result;
    if (policy.has(Policy.F_STATIC_NODES)) {
      result = policy.userNodemask.and(nodes);
    } else if (policy.has(Policy.F_RELATIVE_NODES)) {
      result = relativeNodemask(policy.userNodemask, nodes);
    } else {
      result = policy.nodes.remap(policy.cpusetMemsAllowed, nodes);
      policy.cpusetMemsAllowed = nodes;
    }
    policy.nodes = result.isEmpty() ? nodes : result;
    turnInterleaving(policy.nodes);
  }

  /** The end of {@code mpol_rebind_nodemask()}: whosever the policy is, it is the caller who goes on at one of its nodes. */
  protected void turnInterleaving(NodeMask nodes) {
    Task task = k.current;
    if (!nodes.has(task.ilNext)) {
      int next = nodes.nextIn(task.ilNext);
      task.ilNext = next < 0 ? task.cpu : next;
    }
  }

  /** {@code mpol_rebind_preferred()}. */
  protected void rebindPreferred(Policy policy, NodeMask nodes) {
    if (policy.has(Policy.F_STATIC_NODES)) {
      int node = policy.userNodemask.first();
      if (nodes.has(node)) {
        policy.preferredNode = node;
        policy.flags &= ~Policy.F_LOCAL;
      } else {
        policy.flags |= Policy.F_LOCAL;
      }
    } else if (policy.has(Policy.F_RELATIVE_NODES)) {
      policy.preferredNode = relativeNodemask(policy.userNodemask, nodes).first();
    } else if (!policy.has(Policy.F_LOCAL)) {
      policy.preferredNode = NodeMask.remap(policy.preferredNode, policy.cpusetMemsAllowed, nodes);
      policy.cpusetMemsAllowed = nodes;
    }
  }

  /** {@code mpol_rebind_policy()}: the cpuset has other nodes now. */
  public void rebindPolicy(@Nullable Policy policy, NodeMask nodes) {
    if (policy == null || !storesUserNodemask(policy) && policy.cpusetMemsAllowed.equals(nodes)) {
      return;
    }
    if (policy.mode == Policy.PREFERRED || policy.mode == Policy.PREFERRED_MANY) {
      rebindPreferred(policy, nodes);
    } else {
      rebindNodemask(policy, nodes);
    }
  }

  /** {@code set_mempolicy(2)}. */
  public long sysSetMempolicy(int modeArgument, NodeMask nodes) {
    int flags = modeArgument & Policy.MODE_FLAGS;
    int mode = modeArgument & ~Policy.MODE_FLAGS;
    int invalid = checkMode(mode, flags, nodes);
    if (invalid != 0) {
      return invalid;
    }
    Made made = mpolNew(mode, flags, nodes);
    int error = made.error() != 0 ? made.error() : setNodemask(made.policy(), nodes);
    if (error != 0) {
      return error;
    }
    Policy policy = made.policy();
    Mm mm = k.current.mm();
    // Who walks the address space's policies must not meet a half-made one.
    k.locks.downWrite(mm);
    k.current.mempolicy = policy;
    k.locks.upWrite(mm);
    if (policy != null && isInterleave(policy)) {
      startInterleaving(policy);
    }
    return 0;
  }

  /** The end of {@code do_set_mempolicy()}: the current task begins at the first of the policy's nodes. */
  protected void startInterleaving(Policy policy) {
    k.current.ilNext = policy.nodes.first();
  }

  /** The node that the current task's policy gives next. */
  protected int nextInterleaved(Policy policy) {
    return k.current.ilNext;
  }

  /**
   * What {@code get_mempolicy(2)} answers.
   *
   * @param error 0 or an errno negated; the rest is of no meaning then
   * @param policy a mode with its flags, or a node
   */
  public record Got(int error, int policy, NodeMask nodes) {

    static Got failed(int error) {
      return new Got(error, 0, NodeMask.NONE);
    }
  }

  /** {@code get_policy_nodemask()}, or what the caller once gave of a policy with mode flags. */
  protected NodeMask toldNodes(Policy policy) {
    if (storesUserNodemask(policy)) {
      return policy.userNodemask;
    }
    if (policy.mode == Policy.PREFERRED) {
      return policy.has(Policy.F_LOCAL) ? NodeMask.NONE : NodeMask.of(policy.preferredNode);
    }
    return policy.nodes;
  }

  /** The mode that {@code get_mempolicy(2)} tells. */
  protected int toldMode(Policy policy) {
    return policy.mode;
  }

  /** {@code lookup_node()}: brings the page in; its node or an errno negated. */
  private int lookupNode(long address) {
    int page = k.memory.getUserPage(k.current.mm(), address & PageTable.PAGE_MASK, Memory.FOLL_GET);
    if (page < 0) {
      return page;
    }
    int node = k.frames.pageToNid(page);
    k.swap.putPage(page);
    return node;
  }

  /** {@code get_mempolicy(2)} with {@code do_get_mempolicy()}, of the current task. */
  public Got sysGetMempolicy(long address, int flags) {
    if ((flags & ~(F_NODE | F_ADDR | F_MEMS_ALLOWED)) != 0) {
      return Got.failed(-Err.EINVAL);
    }
    if ((flags & F_MEMS_ALLOWED) != 0) {
      return flags == F_MEMS_ALLOWED ? new Got(0, 0, k.current.memsAllowed) : Got.failed(-Err.EINVAL);
    }
    if ((flags & F_ADDR) == 0) {
      return address != 0 ? Got.failed(-Err.EINVAL) : told(k.current.mempolicy, address, flags);
    }
    Mm mm = k.current.mm();
    k.locks.downRead(mm);
    Vma vma = mm.findVma(address);
    // Where the mapping says nothing, the task's policy is not told in its place.
    Got got = vma == null || vma.start > address
        ? Got.failed(-Err.EFAULT)
        : told(ownPolicy(vma, address), address, flags);
    k.locks.upRead(mm);
    return got;
  }

  /** The second half of {@code do_get_mempolicy()}: of a task's policy, or of that at an address. */
  private Got told(@Nullable Policy policy, long address, int flags) {
    if (flags == (F_NODE | F_ADDR)) {
      int node = lookupNode(address);
      return node < 0 ? Got.failed(node) : new Got(0, node, policy == null ? NodeMask.NONE : toldNodes(policy));
    }
    if (flags == F_NODE) {
      return policy != null && isInterleave(policy)
          ? new Got(0, nextInterleaved(policy), toldNodes(policy))
          : Got.failed(-Err.EINVAL);
    }
    return policy == null
        ? new Got(0, Policy.DEFAULT, NodeMask.NONE)
        : new Got(0, toldMode(policy) | policy.flags & Policy.MODE_FLAGS, toldNodes(policy));
  }

  /** The checks that {@code mbind(2)} and {@code set_mempolicy(2)} make of a mode, and {@code get_nodes()} of its nodes. */
  int checkMode(int mode, int flags, NodeMask nodes) {
    if (mode < 0 || mode >= maxMode() || flags == Policy.MODE_FLAGS || nodes.limit() > k.profile.maxNumnodes()) {
      return -Err.EINVAL;
    }
    return 0;
  }

  /** {@code get_vma_policy()}: the policy that an allocation for this address follows. */
  protected Policy getVmaPolicy(Task task, @Nullable Vma vma, long address) {
    Policy policy = task.mempolicy;
    if (vma != null) {
      Policy own = ownPolicy(vma, address);
      policy = own == null ? policy : own;
    }
    return policy == null ? defaultPolicy : policy;
  }

  /** What the mapping itself says: its shared policy, or the VMA's; null for the default. */
  @Nullable Policy ownPolicy(Vma vma, long address) {
    return vma.ops != null && vma.ops.hasPolicy() ? vma.ops.getPolicy(vma, address) : vma.policy;
  }

  /** {@code policy_nodemask()}: only {@code MPOL_BIND} filters, and only where the caller may use one of its nodes. */
  protected @Nullable NodeMask policyNodemask(Policy policy) {
    return policy.mode == Policy.BIND && policy.nodes.intersects(k.current.memsAllowed) ? policy.nodes : null;
  }

  /** {@code policy_zonelist()}: the node whose zone list is tried. */
  protected int policyNode(int gfp, Policy policy) {
    int node = k.current.cpu;
    if (policy.mode == Policy.PREFERRED && !policy.has(Policy.F_LOCAL)) {
      return policy.preferredNode;
    }
    if (policy.mode == Policy.BIND && (gfp & Gfp.THISNODE) != 0 && !policy.nodes.has(node)) {
      return policy.nodes.first();
    }
    return node;
  }

  /** As {@link #policyNode}, for a transparent huge page. */
  protected int hugePolicyNode(Policy policy) {
    return policyNode(Gfp.HIGHUSER_MOVABLE, policy);
  }

  /** {@code interleave_nodes()}: the task's next node. */
  protected int interleaveNodes(Policy policy) {
    int node = k.current.ilNext;
    int next = policy.nodes.nextIn(node);
    if (next >= 0) {
      k.current.ilNext = next;
    }
    return node;
  }

  /** {@code offset_il_node()}: the n-th of the policy's nodes, going round. */
  protected int offsetIlNode(Policy policy, long offset) {
    int weight = policy.nodes.weight();
    if (weight == 0) {
      return k.current.cpu;
    }
    int target = Integer.remainderUnsigned((int) offset, weight);
    int node = policy.nodes.first();
    for (int i = 0; i < target; i++) {
      node = policy.nodes.next(node);
    }
    return node;
  }

  /** {@code interleave_nid()}. */
  protected int interleaveNid(Policy policy, @Nullable Vma vma, long address) {
    return vma == null ? interleaveNodes(policy) : offsetIlNode(policy, interleaveIndex(vma, address));
  }

  /** By which number a mapping's pages interleave. */
  protected long interleaveIndex(Vma vma, long address) {
    return vma.pageIndex(address);
  }

  /** Whether the policy spreads pages by number; without weights of their own nodes count alike. */
  static boolean isInterleave(Policy policy) {
    return policy.mode == Policy.INTERLEAVE || policy.mode == Policy.WEIGHTED_INTERLEAVE;
  }

  /**
   * {@code alloc_page_vma()}: a page for an address, by the policy that applies there.
   *
   * @param vma null for the task's policy
   * @return the page with one reference, or 0
   */
  public int allocPageVma(int gfp, @Nullable Vma vma, long address) {
    return allocByPolicy(gfp, getVmaPolicy(k.current, vma, address), vma, address);
  }

  /** {@code shmem_alloc_page()}'s way: a policy looked up by the caller, null for the task's, and an offset in a file. */
  int allocPageAt(int gfp, @Nullable Policy shared, long index) {
    return allocPageMpol(gfp, shared == null ? getTaskPolicy() : shared, index);
  }

  /** {@code alloc_pages_mpol()}: by a policy, and where that interleaves by a number. */
  int allocPageMpol(int gfp, Policy policy, long index) {
    if (isInterleave(policy)) {
      return k.pageAlloc.allocPagesNodemask(gfp, offsetIlNode(policy, index), null);
    }
    return allocUnspread(gfp, policy);
  }

  private int allocByPolicy(int gfp, Policy policy, @Nullable Vma vma, long address) {
    if (isInterleave(policy)) {
      return k.pageAlloc.allocPagesNodemask(gfp, interleaveNid(policy, vma, address), null);
    }
    return allocUnspread(gfp, policy);
  }

  /** By a policy that does not interleave. */
  protected int allocUnspread(int gfp, Policy policy) {
    int node = policyNode(gfp, policy);
    int page = 0;
    if (policy.mode == Policy.PREFERRED_MANY) {
      page = k.pageAlloc.allocPagesNodemask(gfp, node, policy.nodes);
    }
    return page != 0 ? page : k.pageAlloc.allocPagesNodemask(gfp, node, policyNodemask(policy));
  }

  /** {@code get_task_policy()}: local allocation where the task has none. */
  Policy getTaskPolicy() {
    return k.current.mempolicy == null ? defaultPolicy : k.current.mempolicy;
  }

  /** {@code alloc_pages_current()}: by the task's policy; also {@code page_cache_alloc()}. */
  public int allocPagesCurrent(int gfp) {
    return allocByPolicy(gfp, getTaskPolicy(), null, 0);
  }

  /** {@code mpol_equal()}. */
  public boolean mpolEqual(@Nullable Policy a, @Nullable Policy b) {
    if (a == b) {
      return true;
    }
    if (a == null || b == null || a.mode != b.mode || a.flags != b.flags || a.homeNode != b.homeNode) {
      return false;
    }
    if (storesUserNodemask(a) && !a.userNodemask.equals(b.userNodemask)) {
      return false;
    }
    return a.mode == Policy.PREFERRED ? a.preferredNode == b.preferredNode : a.nodes.equals(b.nodes);
  }
}
