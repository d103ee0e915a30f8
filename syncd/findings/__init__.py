"""The life of a finding between the rule that found it and the user who answers it."""
