"""What syncd asks Google for: to read, and nothing else.

https://developers.google.com/identity/protocols/oauth2/scopes
"""

from __future__ import annotations

READ_MAIL = "https://www.googleapis.com/auth/gmail.readonly"
READ_HEADERS = "https://www.googleapis.com/auth/gmail.metadata"
"""Labels and headers, no text. Never together with READ_MAIL: Google reads such a token as the
narrow one and refuses text and search."""
READ_CALENDARS = "https://www.googleapis.com/auth/calendar.readonly"
