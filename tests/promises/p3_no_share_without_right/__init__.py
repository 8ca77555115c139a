"""Promise 3, 无授权不共享: data moves only under a grant, and is shown to nobody else."""
