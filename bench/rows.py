"""All rows, in groups that share files. The names of a group's rows begin with the group's."""
import rows_arrays

GROUPS = {
    **rows_arrays.GROUPS,
}
