/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * peer PAGES: the C side of the benchmarks. It makes the system calls that the Java side makes, on memory of its own.
 *
 * It maps PAGES base pages (no huge ones), writes to each, prints "ready" and then answers each line on standard input
 * with the nanoseconds that it took and how many pages were on a node in the last repetition:
 *
 *   query REPEAT   one move_pages(2) call without a node array, for all pages, the addresses written beforehand
 *   locate REPEAT  the same with the addresses written each time and the pages of each node counted
 *   pin REPEAT     one move_pages(2) call with MPOL_MF_MOVE to node 0, addresses and nodes written and statuses counted
 *
 * It ends with its standard input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_NODES 1024
#define FLAG_MOVE (1 << 1)              /* MPOL_MF_MOVE of linux/mempolicy.h */

static long pages, page_size;
static char *memory;
static void **addresses;
static int *nodes, *statuses;
static long on_node[MAX_NODES];

static void fail(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void *must_map(size_t size)
{
	void *p = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		fail("mmap");
	madvise(p, size, MADV_NOHUGEPAGE);      /* fails only where there are no huge pages */
	return p;
}

static void fill(void)
{
	for (long i = 0; i < pages; i++)
		addresses[i] = memory + i * page_size;
}

static void query(void)
{
	if (syscall(SYS_move_pages, 0, pages, addresses, NULL, statuses, 0))
		fail("move_pages");
}

static long count(void)
{
	long found = 0;
	memset(on_node, 0, sizeof on_node);
	for (long i = 0; i < pages; i++)
		if (statuses[i] >= 0 && statuses[i] < MAX_NODES) {
			on_node[statuses[i]]++;
			found++;
		}
	return found;
}

static long locate(void)
{
	fill();
	query();
	return count();
}

static long pin(void)
{
	fill();
	for (long i = 0; i < pages; i++)
		nodes[i] = 0;
	if (syscall(SYS_move_pages, 0, pages, addresses, nodes, statuses, FLAG_MOVE))
		fail("move_pages");
	return count();
}

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	char line[64], what[16];
	long repeat;
	page_size = sysconf(_SC_PAGESIZE);
	pages = argc == 2 ? atol(argv[1]) : 0;
	if (pages < 1) {
		fprintf(stderr, "peer PAGES\n");
		return 2;
	}
	memory = must_map(pages * page_size);
	addresses = must_map(pages * sizeof *addresses);
	nodes = must_map(pages * sizeof *nodes);
	statuses = must_map(pages * sizeof *statuses);
	for (long i = 0; i < pages; i++)
		memory[i * page_size] = 1;
	fill();
	query();
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		long found = 0;
		if (sscanf(line, "%15s %ld", what, &repeat) != 2 || repeat < 1)
			return 2;
		long long start = now();
		for (long i = 0; i < repeat; i++)
			if (!strcmp(what, "query"))
				query();
			else if (!strcmp(what, "locate"))
				found = locate();
			else if (!strcmp(what, "pin"))
				found = pin();
			else
				return 2;
		long long took = now() - start;
		printf("%lld %ld\n", took, strcmp(what, "query") ? found : count());
		fflush(stdout);
	}
	return 0;
}
