"""syncd: whom you owe an answer, what you promised, whom to meet; read from your own mail."""

__version__ = "0.1.0"
