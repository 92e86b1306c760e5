"""Other readings and spellings of a whole formula, as changes of its tree."""
