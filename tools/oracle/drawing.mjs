export function describeDrawing(tree) { return tree.toMarkup(); }
