"""One pass: pull → normalise → store → people → rules → findings → summary. Only this package
knows the order."""
