"""Declares the tables once, writes a database file in one step, and checks it by SQL."""
