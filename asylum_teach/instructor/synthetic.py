"""A cohort that nobody real is in: its name says so, and so does every page that shows it."""

SYNTHETIC = "Made up by a program: "  # how the name of a demonstration's cohort begins


def is_synthetic(cohort: str) -> bool:
    """Whether nobody of that cohort is real."""
    return cohort.startswith(SYNTHETIC)
