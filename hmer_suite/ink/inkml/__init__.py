"""InkML: the W3C's Ink Markup Language (Recommendation of 20 September 2011), and CROHME's files in it.

Namespaces may be there or not. Document type declarations are refused, and with them every entity.
"""

from hmer_suite.ink.document import InkDocument, TraceGroup
from hmer_suite.ink.inkml.reader import parse_inkml, read_inkml

__all__ = ["InkDocument", "TraceGroup", "parse_inkml", "read_inkml"]
