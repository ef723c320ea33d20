package io.github.pageferry.sim.kernel;

import io.github.pageferry.sim.mm.NodeMask;
import io.github.pageferry.sim.mm.Policy;
import io.github.pageferry.sim.mm.Task;
import io.github.pageferry.sim.mm.Vma;
import io.github.pageferry.sim.mm.VmFlag;
import org.jspecify.annotations.Nullable;

/**
 * Policies of 2.6.18: {@code MPOL_BIND} takes its nodes in the order of their numbers (until 19770b32609b, 2.6.26), nodes that
 * the cpuset does not allow are refused (until 31f1de46b90a, 2.6.25), and there are no mode flags (until f5b087b52f17, 2.6.26).
 */
class MempolicyByZonelist extends Mempolicy {

  MempolicyByZonelist(Kernel k) {
    super(k);
  }

  /** Locked mappings count as not migratable until 0dc952dc3e6d (2.6.21). */
  @Override
  public boolean vmaMigratable(Vma vma) {
    return super.vmaMigratable(vma) && !vma.has(VmFlag.LOCKED);
  }

  @Override
  int checkMode(int mode, int flags, NodeMask nodes) {
    return flags != 0 ? -Err.EINVAL : super.checkMode(mode, flags, nodes);
  }

  /** {@code mpol_check_policy()}. */
  @Override
  Made mpolNew(int mode, int flags, NodeMask nodes) {
    boolean fits = switch (mode) {
      case Policy.DEFAULT -> nodes.isEmpty();
      case Policy.PREFERRED -> true;
      default -> !nodes.isEmpty();
    };
    if (!fits || !nodes.isSubsetOf(k.nodes.online())) {
      return new Made(null, -Err.EINVAL);
    }
    return new Made(mode == Policy.DEFAULT ? null : new Policy(mode, 0), 0);
  }

  /** The rest of {@code mpol_new()}: the nodes as they were given. */
  @Override
  int setNodemask(@Nullable Policy policy, NodeMask nodes) {
    if (policy != null) {
      policy.cpusetMemsAllowed = k.cpuset.memsAllowed(k.current);
      if (policy.mode != Policy.PREFERRED) {
        policy.nodes = nodes;
      } else if (nodes.isEmpty()) {
        policy.flags |= Policy.F_LOCAL;
      } else {
        policy.preferredNode = nodes.first();
      }
    }
    return 0;
  }

  /** With {@code contextualize_policy()}. */
  @Override
  public long sysSetMempolicy(int modeArgument, NodeMask nodes) {
    return nodes.isSubsetOf(k.current.memsAllowed) ? super.sysSetMempolicy(modeArgument, nodes) : -Err.EINVAL;
  }

  /** {@code MPOL_F_MEMS_ALLOWED} is no flag yet (until 754af6f5a85f, 2.6.24). */
  @Override
  public Got sysGetMempolicy(long address, int flags) {
    return (flags & F_MEMS_ALLOWED) != 0 ? Got.failed(-Err.EINVAL) : super.sysGetMempolicy(address, flags);
  }

  /** {@code get_zonemask()}: of local allocation, every node there is. */
  @Override
  protected NodeMask toldNodes(Policy policy) {
    return policy.has(Policy.F_LOCAL) ? k.nodes.online() : super.toldNodes(policy);
  }

  /** {@code mpol_rebind_policy()}; where interleaving goes on is left as it is. */
  @Override
  public void rebindPolicy(@Nullable Policy policy, NodeMask nodes) {
    if (policy == null || policy.cpusetMemsAllowed.equals(nodes)) {
      return;
    }
    if (policy.mode != Policy.PREFERRED) {
      policy.nodes = policy.nodes.remap(policy.cpusetMemsAllowed, nodes);
    } else if (!policy.has(Policy.F_LOCAL)) {
      policy.preferredNode = NodeMask.remap(policy.preferredNode, policy.cpusetMemsAllowed, nodes);
    }
    policy.cpusetMemsAllowed = nodes;
  }

  /** {@code get_vma_policy()}: a mapping with policies of its own and none for the address has the default, not the task's. */
  @Override
  protected Policy getVmaPolicy(Task task, @Nullable Vma vma, long address) {
    if (vma == null || vma.ops == null || !vma.ops.hasPolicy()) {
      return super.getVmaPolicy(task, vma, address);
    }
    Policy own = vma.ops.getPolicy(vma, address);
    return own == null ? defaultPolicy : own;
  }

  /** {@code zonelist_policy()}: a list made of the policy's nodes, unless the caller may use none of them. */
  @Override
  protected int allocUnspread(int gfp, Policy policy) {
    if (policy.mode != Policy.BIND || !policy.nodes.intersects(k.current.memsAllowed)) {
      return super.allocUnspread(gfp, policy);
    }
    int page = 0;
    for (int node = policy.nodes.first(); node >= 0 && page == 0; node = policy.nodes.next(node)) {
      page = k.pageAlloc.allocPagesNodemask(gfp, node, NodeMask.of(node));
    }
    return page;
  }
}
