"""Published layouts of labelled pictures, one a file: `find` returns the set in a file tree, if there is one."""
