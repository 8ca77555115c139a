"""A rule spoken: values and names in phrases, clauses in lines, in Chinese and English."""

from tongban.rules.words.clauses import failures, trace_of

__all__ = ["failures", "trace_of"]
