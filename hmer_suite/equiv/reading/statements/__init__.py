"""Third step of reading: from factors to sums, relations, lists and statements."""
