"""Sources of mail and calendars: provider payloads in, batches of interactions out."""
