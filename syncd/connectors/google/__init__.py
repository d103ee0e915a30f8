"""Gmail and Google Calendar, on google-api-python-client."""
