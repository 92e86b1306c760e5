"""After reading: what ambiguous notation in the terms of a pair may stand for, in general and in special readings."""
