"""Saved Hugging Face "Daily Papers" pages in, one SQLite database out."""
