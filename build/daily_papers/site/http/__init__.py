"""Runs the server: its processes and settings, middleware before pages, limits of visitors' SQL."""
