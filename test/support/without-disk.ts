/** What shared sums need besides their rows, if usage cannot wait on the disk: `append` then rejects as on a full one. */
export const WITHOUT_DISK = {
  spool: {
    waiting: 0,
    damaged: 0,
    append: async () => false,
    first: async () => undefined,
    shift: async () => undefined,
    close: async () => undefined,
  },
  isAway: () => false,
  log: { warn: () => undefined, error: () => undefined },
}
