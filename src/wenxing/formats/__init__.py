"""Containers, encodings and markup: the plumbing under reading and carriers, without meaning."""
