"""Declares the tables once, writes them in one step, and checks them by SQL."""
