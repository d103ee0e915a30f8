"""The daily summary: built once from the live findings, rendered as Markdown, HTML or JSON."""
