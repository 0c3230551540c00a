def in_slices(indices, size):
    """A range in pieces of at most `size`."""
    return (indices[start : start + size] for start in range(0, len(indices), size))
