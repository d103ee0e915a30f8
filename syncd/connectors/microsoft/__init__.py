"""Outlook mail and calendars through Microsoft Graph, on msal and requests."""
