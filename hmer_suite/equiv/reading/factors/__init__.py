"""Second step of reading: from atoms side by side to factors: numbers, letters with scripts, functions, integrals."""
