"""The rules: one small module per type, each a pure function over a snapshot."""
