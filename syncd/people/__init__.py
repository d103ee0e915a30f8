"""Who is who, and the facts about each person at one moment."""
