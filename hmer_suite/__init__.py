"""hmer-suite: common ground for handwritten mathematical expression recognition."""
