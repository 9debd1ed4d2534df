"""The schema's history, newest last; a migration that was released is never edited."""
