"""The table, in Markdown that can also be read as it is."""
COLUMNS = ["row", "what", "unit", "ours", "reference", "limit", "ratio", "goal", "", "CPU s", "peak MiB"]


def shown(number):
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def verdict(row):
    return "" if row.goal is None or row.ratio is None else "holds" if row.ratio >= row.goal else "MISSED"


def summary(row):
    """What is shown while the rows are measured."""
    figures = f"{shown(row.ours)} {row.unit}, reference {shown(row.reference)}, limit {shown(row.limit)}, ratio {shown(row.ratio)}"
    return f"  {row.id}: {figures} {verdict(row)}"


def both(row, field, scale):
    """Ours and the reference's."""
    sides = [getattr(side, field) if side else None for side in (row.our_side, row.reference_side)]
    return "" if sides == [None, None] else " / ".join(shown(None if one is None else one / scale) for one in sides)


def print_table(rows):
    lines = [COLUMNS] + [[row.id, row.what, row.unit, shown(row.ours), shown(row.reference), shown(row.limit), shown(row.ratio),
                          shown(row.goal), verdict(row), both(row, "cpu", 1), both(row, "peak", 2**20)] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    lines.insert(1, ["-" * width for width in widths])
    for line in lines:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")
