"""The search index, and what is asked of it. It knows texts, not members: who may read what is asked above.

folding      how texts are compared
language     what people type
passages     what the index holds of an edition
index        the index on disk, following the ledger
retrieving   paragraphs that may match
scoring      which come first
locating     where a leaked text comes from
"""
