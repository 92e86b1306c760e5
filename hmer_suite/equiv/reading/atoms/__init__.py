"""First step of reading: from the nodes of a row to atoms, with digits joined and brackets matched."""
