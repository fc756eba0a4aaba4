"""The operator's pages, a file a subject. Every view carries `for_operators`."""
