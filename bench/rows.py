"""All rows, in groups that share files. The names of a group's rows begin with the group's."""
import rows_arrays
import rows_datasets
import rows_grid
import rows_mmap
import rows_peers
import rows_stack
import rows_walks

GROUPS = {
    **rows_arrays.GROUPS,
    **rows_walks.GROUPS,
    **rows_grid.GROUPS,
    **rows_stack.GROUPS,
    **rows_datasets.GROUPS,
    **rows_mmap.GROUPS,
    **rows_peers.GROUPS,
}
